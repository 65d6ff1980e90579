package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a list goes on, and as of when: opaque to clients, checksummed so that a mangled one is
 * refused.
 *
 * <pre>
 *  base64url( version u8 = 2 | time read at, u64 | id of the last document, UTF-8
 *             | CRC32C of all before, u32 )
 * </pre>
 */
record ListCursor(HlcTimestamp asOf, DocumentId last) {

  private static final byte VERSION = 2;
  private static final int ID_AT = 1 + Long.BYTES;
  private static final int MAX_TEXT = 1024;

  String text() {
    byte[] id = last.toBytes();
    int body = ID_AT + id.length;
    ByteBuffer out = ByteBuffer.allocate(body + Integer.BYTES);
    out.put(VERSION).putLong(asOf.packed()).put(id);
    out.putInt(checksum(out.array(), body));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  static ListCursor parse(String text) {
    try {
      byte[] bytes = text.length() > MAX_TEXT ? new byte[0] : Base64.getUrlDecoder().decode(text);
      int body = bytes.length - Integer.BYTES;
      if (body > ID_AT
          && bytes[0] == VERSION
          && ByteBuffer.wrap(bytes).getInt(body) == checksum(bytes, body)) {
        return new ListCursor(
            new HlcTimestamp(ByteBuffer.wrap(bytes).getLong(1)),
            new DocumentId(
                new String(Arrays.copyOfRange(bytes, ID_AT, body), StandardCharsets.UTF_8)));
      }
    } catch (IllegalArgumentException | StoreFailure malformed) {
      // said below
    }
    throw invalid();
  }

  static StoreFailure invalid() {
    return new StoreFailure.CallerMistake(
        FailureCode.INVALID_CURSOR,
        "the cursor is none of ours; send one exactly as it was received, or none to start anew");
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
