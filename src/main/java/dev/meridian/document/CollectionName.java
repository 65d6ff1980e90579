package dev.meridian.document;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Name of a collection.
 *
 * @param value {@code [a-z][a-z0-9_-]{0,63}}
 */
public record CollectionName(String value) implements Comparable<CollectionName> {

  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  public CollectionName {
    if (!FORM.matcher(value).matches()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_ID,
          "a collection name is a lower-case letter, then up to 63 of a-z, 0-9, '_' and '-'");
    }
  }

  /** The name as bytes; all of them ASCII. */
  public byte[] toBytes() {
    return value.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int compareTo(CollectionName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
