package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * What a client has seen and written, as a vector. Its text is opaque, versioned and checksummed,
 * valid in every region, and at most 1 KiB for 16 regions.
 *
 * <pre>
 *  base64url( version u8 = 1 | vector | CRC32C of all before, u32 )
 * </pre>
 */
public record SessionToken(VersionVector seen) {

  public static final SessionToken NONE = new SessionToken(VersionVector.EMPTY);

  private static final byte VERSION = 1;
  private static final int MAX_TEXT = 1024;

  /** Reads the text form; {@link FailureCode#INVALID_HEADER} when it is none of ours. */
  public static SessionToken parse(String text) {
    try {
      if (text.length() > MAX_TEXT) {
        throw new IllegalArgumentException("longer than " + MAX_TEXT);
      }
      ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      int body = in.limit() - Integer.BYTES;
      if (body < 2 || in.get() != VERSION || in.getInt(body) != checksum(in.array(), body)) {
        throw new IllegalArgumentException("damaged");
      }
      in.limit(body);
      VersionVector seen = ChangeCodecV1.getVector(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException("too long");
      }
      return new SessionToken(seen);
    } catch (IllegalArgumentException | BufferUnderflowException malformed) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_HEADER,
          "Meridian-Session is not a token of this cluster; send one exactly as it was received");
    }
  }

  /** Covers that change too, and with it all that its origin had when it was made. */
  public SessionToken with(Dot change) {
    if (seen.contains(change)) {
      return this;
    }
    boolean full = seen.size() == VersionVector.MAX_ORIGINS && seen.get(change.origin()) == 0;
    // Regions that this cluster cannot have: nothing that was seen here.
    return new SessionToken((full ? VersionVector.EMPTY : seen).with(change));
  }

  public SessionToken merge(VersionVector more) {
    if (more.covers(seen)) {
      return new SessionToken(more); // the usual case: nothing to put together
    }
    if (seen.covers(more)) {
      return this;
    }
    try {
      return new SessionToken(seen.merge(more));
    } catch (IllegalArgumentException tooMany) {
      return new SessionToken(more); // as in with()
    }
  }

  /** The text form. */
  public String text() {
    int size = 1 + ChangeCodecV1.size(seen);
    ByteBuffer out = ByteBuffer.allocate(size + Integer.BYTES);
    out.put(VERSION);
    ChangeCodecV1.putVector(out, seen);
    out.putInt(checksum(out.array(), size));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
