package dev.meridian.engine;

import java.util.Arrays;

/** What all keys of a document start with, as a key of hash maps. */
final class DocumentPrefix {

  private final byte[] bytes;
  private final int hash;

  DocumentPrefix(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** Not a copy. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DocumentPrefix prefix
        && hash == prefix.hash
        && Arrays.equals(bytes, prefix.bytes);
  }
}
