package dev.meridian.api;

import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * Where a list goes on: opaque to clients, checksummed so that a mangled one is refused.
 *
 * <pre>
 *  base64url( version u8 = 1 | id of the last document, UTF-8 | CRC32C of all before, u32 )
 * </pre>
 */
final class ListCursor {

  private static final byte VERSION = 1;
  private static final int MAX_TEXT = 1024;

  private ListCursor() {}

  static String after(DocumentId last) {
    byte[] id = last.toBytes();
    ByteBuffer out = ByteBuffer.allocate(1 + id.length + Integer.BYTES);
    out.put(VERSION).put(id);
    out.putInt(checksum(out.array(), 1 + id.length));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
  }

  static DocumentId parse(String text) {
    try {
      byte[] bytes = text.length() > MAX_TEXT ? new byte[0] : Base64.getUrlDecoder().decode(text);
      int body = bytes.length - Integer.BYTES;
      if (body >= 2
          && bytes[0] == VERSION
          && ByteBuffer.wrap(bytes).getInt(body) == checksum(bytes, body)) {
        return new DocumentId(
            new String(Arrays.copyOfRange(bytes, 1, body), StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException | StoreFailure malformed) {
      // said below
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.INVALID_CURSOR,
        "the cursor is none of ours; send one exactly as it was received, or none to start anew");
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
