package dev.meridian.engine;

import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A memtable's keys and changes, one behind another in a few large arrays: what the collector of
 * garbage need not look into. One thread appends; any thread reads an entry whose position it got
 * by a release and acquire.
 *
 * <pre>
 *  key length u32 | change length u32 | key | change | up to 7 bytes unused
 * </pre>
 *
 * A position is an array's number and an offset in units of 8 bytes; never 0.
 */
final class EntryArena {

  private static final int ARRAY_BYTES = 256 << 10;
  private static final int UNIT = 8;
  private static final int OFFSET_BITS = 15; // of ARRAY_BYTES / UNIT

  /** Such entries get an array of their own. */
  private static final int LARGE_BYTES = ARRAY_BYTES / 4;

  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private volatile byte[][] arrays = new byte[16][];
  private int used;
  private int current;
  private int free;

  EntryArena() {
    current = add(ARRAY_BYTES);
    free = UNIT;
  }

  /** Returns its position. */
  int append(byte[] prefix, Change change) {
    Bytes encoded = change.encoded();
    int keyLength = TableKey.length(prefix, change);
    int position = room(HEADER_BYTES + keyLength + encoded.length());
    byte[] array = array(position);
    int at = offset(position);
    INT.set(array, at, keyLength);
    INT.set(array, at + Integer.BYTES, encoded.length());
    int key = at + HEADER_BYTES;
    System.arraycopy(prefix, 0, array, key, prefix.length);
    TableKey.putVersion(array, key + prefix.length, change);
    System.arraycopy(encoded.array(), encoded.offset(), array, key + keyLength, encoded.length());
    return position;
  }

  private int room(int bytes) {
    if (bytes > LARGE_BYTES) {
      return add(bytes) << OFFSET_BITS;
    }
    if (free + bytes > ARRAY_BYTES) {
      current = add(ARRAY_BYTES);
      free = 0;
    }
    int position = current << OFFSET_BITS | free / UNIT;
    free += (bytes + UNIT - 1) / UNIT * UNIT;
    return position;
  }

  private int add(int bytes) {
    byte[][] grown = used == arrays.length ? Arrays.copyOf(arrays, used * 2) : arrays;
    grown[used] = new byte[bytes];
    arrays = grown;
    return used++;
  }

  /** Compares keys as {@link TableKey#ORDER} does. */
  int compareKey(int position, byte[] key) {
    byte[] array = array(position);
    int at = offset(position);
    int start = at + HEADER_BYTES;
    return Arrays.compareUnsigned(
        array, start, start + (int) INT.get(array, at), key, 0, key.length);
  }

  /** Compares the keys of two entries. */
  int compareKeys(int a, int b) {
    byte[] arrayA = array(a);
    int atA = offset(a);
    int startA = atA + HEADER_BYTES;
    byte[] arrayB = array(b);
    int atB = offset(b);
    int startB = atB + HEADER_BYTES;
    return Arrays.compareUnsigned(
        arrayA,
        startA,
        startA + (int) INT.get(arrayA, atA),
        arrayB,
        startB,
        startB + (int) INT.get(arrayB, atB));
  }

  long rank(int position, KeyRank ranks) {
    byte[] array = array(position);
    int at = offset(position);
    return ranks.of(array, at + HEADER_BYTES, (int) INT.get(array, at));
  }

  /** How many bytes at their beginning the keys of two entries share. */
  int sharedPrefix(int a, int b) {
    byte[] arrayA = array(a);
    int atA = offset(a);
    byte[] arrayB = array(b);
    int atB = offset(b);
    int length = Math.min((int) INT.get(arrayA, atA), (int) INT.get(arrayB, atB));
    int startA = atA + HEADER_BYTES;
    int startB = atB + HEADER_BYTES;
    int differ = Arrays.mismatch(arrayA, startA, startA + length, arrayB, startB, startB + length);
    return differ < 0 ? length : differ;
  }

  boolean isOf(int position, byte[] prefix) {
    byte[] array = array(position);
    int at = offset(position);
    int start = at + HEADER_BYTES;
    return (int) INT.get(array, at) >= prefix.length
        && Arrays.equals(array, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Bytes of key and change. */
  int length(int position) {
    byte[] array = array(position);
    int at = offset(position);
    return (int) INT.get(array, at) + (int) INT.get(array, at + Integer.BYTES);
  }

  byte[] key(int position) {
    byte[] array = array(position);
    int at = offset(position);
    int start = at + HEADER_BYTES;
    return Arrays.copyOfRange(array, start, start + (int) INT.get(array, at));
  }

  /** Shares the array. */
  Bytes encoded(int position) {
    byte[] array = array(position);
    int at = offset(position);
    int start = at + HEADER_BYTES + (int) INT.get(array, at);
    return new Bytes(array, start, (int) INT.get(array, at + Integer.BYTES));
  }

  private byte[] array(int position) {
    return arrays[position >>> OFFSET_BITS];
  }

  private static int offset(int position) {
    return (position & (1 << OFFSET_BITS) - 1) * UNIT;
  }
}
