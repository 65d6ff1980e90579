package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Names one conflict, in every region: opaque to clients, fit for a path, checksummed so that a
 * mangled one is refused. Conflicts are listed by collection, id and time, the latest first, so a
 * key also says how far a list has come.
 *
 * <pre>
 *  base64url( version u8 = 1 | collection, ASCII | 0 | id, UTF-8 | 0 | version id, ASCII
 *             | CRC32C of all before, u32 )
 * </pre>
 *
 * @param version the lowest one that took part; one that came late may be lower still, so whatever
 *     lies between lowest and highest names the same conflict
 */
public record ConflictKey(CollectionName collection, DocumentId id, VersionId version) {

  private static final byte FORMAT = 1;
  private static final int MAX_TEXT = 1024;

  public String text() {
    byte[] parts =
        (collection + "\0" + id.value() + "\0" + version).getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1 + parts.length + Integer.BYTES);
    out.put(FORMAT).put(parts).putInt(checksum(out.array(), 1 + parts.length));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  /** Empty for what is no key. */
  public static Optional<ConflictKey> parse(String text) {
    try {
      byte[] bytes = text.length() > MAX_TEXT ? new byte[0] : Base64.getUrlDecoder().decode(text);
      int body = bytes.length - Integer.BYTES;
      if (body < 1
          || bytes[0] != FORMAT
          || ByteBuffer.wrap(bytes).getInt(body) != checksum(bytes, body)) {
        return Optional.empty();
      }
      String[] parts = new String(bytes, 1, body - 1, StandardCharsets.UTF_8).split("\0", -1);
      return parts.length != 3
          ? Optional.empty()
          : Optional.of(
              new ConflictKey(
                  new CollectionName(parts[0]),
                  new DocumentId(parts[1]),
                  VersionId.parse(parts[2])));
    } catch (IllegalArgumentException | StoreFailure malformed) {
      return Optional.empty();
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
