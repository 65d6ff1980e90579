package dev.meridian.api;

import dev.meridian.document.Bytes;
import java.util.Arrays;

/** Grows as bytes are added. For one thread. */
final class ByteBuilder {

  private byte[] bytes;
  private int length;

  ByteBuilder(int expected) {
    bytes = new byte[expected];
  }

  ByteBuilder add(byte b) {
    reserve(1);
    bytes[length++] = b;
    return this;
  }

  ByteBuilder add(byte[] more) {
    return add(more, 0, more.length);
  }

  ByteBuilder add(Bytes more) {
    return add(more.array(), more.offset(), more.length());
  }

  ByteBuilder add(byte[] more, int offset, int count) {
    reserve(count);
    System.arraycopy(more, offset, bytes, length, count);
    length += count;
    return this;
  }

  int length() {
    return length;
  }

  /** What was added so far; the builder must not be used any more. */
  Bytes bytes() {
    return new Bytes(bytes, 0, length);
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }
  }
}
