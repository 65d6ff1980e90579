package dev.meridian.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Eight bytes of a key that tell most keys apart: those that follow what the keys share. Ranks,
 * compared without sign, never contradict the order of the keys; where they are equal, the keys
 * decide. A key that does not share the beginning ranks below or above all that do.
 *
 * @param shared what most keys begin with
 */
record KeyRank(byte[] shared) {

  /** When nothing is known of the keys. */
  static final KeyRank NONE = new KeyRank(new byte[0]);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The rank of the key that stands there. */
  long of(byte[] array, int offset, int length) {
    int skip = shared.length;
    int end = offset + Math.min(skip, length);
    int order = Arrays.compareUnsigned(array, offset, end, shared, 0, skip);
    if (order != 0) {
      return order < 0 ? 0 : -1;
    }
    if (length - skip >= Long.BYTES) {
      return (long) LONG.get(array, offset + skip);
    }
    long rank = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      rank = rank << 8 | (skip + i < length ? array[offset + skip + i] & 0xFF : 0);
    }
    return rank;
  }
}
