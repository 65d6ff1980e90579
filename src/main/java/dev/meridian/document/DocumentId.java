package dev.meridian.document;

import java.nio.charset.StandardCharsets;

/**
 * Id of a document within its collection: 1 to {@value #MAX_BYTES} bytes of UTF-8 without control
 * characters. Not {@code .} or {@code ..}: as path segments they could not be addressed. Ordered by
 * their bytes.
 */
public record DocumentId(String value) {

  public static final int MAX_BYTES = 512;

  public DocumentId {
    if (value.isEmpty()) {
      throw invalid("is empty");
    }
    if (value.length() > MAX_BYTES) {
      throw invalid("is longer than " + MAX_BYTES + " bytes");
    }
    int bytes = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c >= 0x7F && c < 0xA0) {
        throw invalid("has a control character at position " + i);
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == value.length()
            || !Character.isLowSurrogate(value.charAt(i + 1))) {
          throw invalid("is not valid Unicode at position " + i);
        }
        i++;
        bytes += 4;
      } else {
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      }
    }
    if (bytes > MAX_BYTES) {
      throw invalid("is longer than " + MAX_BYTES + " bytes");
    }
    if (value.equals(".") || value.equals("..")) {
      throw invalid("is '" + value + "', which no path can address");
    }
  }

  public byte[] toBytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return value;
  }

  private static StoreFailure.CallerMistake invalid(String why) {
    return new StoreFailure.CallerMistake(
        FailureCode.INVALID_ID,
        "a document id is 1 to "
            + MAX_BYTES
            + " bytes of UTF-8 without control characters; this one "
            + why);
  }
}
