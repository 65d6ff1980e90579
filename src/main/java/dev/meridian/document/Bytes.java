package dev.meridian.document;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A run of bytes inside an array, compared by content. The array is shared, not copied: nobody
 * writes to it once it is wrapped.
 */
public record Bytes(byte[] array, int offset, int length) {

  public static final Bytes EMPTY = new Bytes(new byte[0]);

  public Bytes {
    if (offset < 0 || length < 0 || offset > array.length - length) {
      throw new IndexOutOfBoundsException(
          "offset=" + offset + " length=" + length + " of " + array.length);
    }
  }

  public Bytes(byte[] array) {
    this(array, 0, array.length);
  }

  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A read-only view. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(array, offset, length).asReadOnlyBuffer();
  }

  /** The bytes alone: a copy, unless they already fill their array. */
  public byte[] toArray() {
    return offset == 0 && length == array.length
        ? array
        : Arrays.copyOfRange(array, offset, offset + length);
  }

  public String utf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "Bytes[" + length + "]";
  }
}
