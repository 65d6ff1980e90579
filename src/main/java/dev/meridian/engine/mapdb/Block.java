package dev.meridian.engine.mapdb;

import dev.meridian.document.Bytes;
import dev.meridian.engine.TableKey;
import java.io.IOException;
import java.util.Arrays;

/**
 * A few neighbouring entries of a table: what is compressed, checked and read as one. A block knows
 * which keys it stands for, from {@code from} up to but without {@code next}, so that a reader who
 * was led to the wrong block by a damaged index finds out. Stored {@link Packed}.
 *
 * <pre>
 *  from (length, bytes) | next (length, bytes; none: this is the last) | count |
 *  count × ( shared with the key before | length of the rest | rest | length | value )
 *  numbers are LEB128
 * </pre>
 */
final class Block {

  private final byte[] contents;
  private final byte[] from;
  private final byte[] next;
  private final int count;
  private final int start;

  private Block(byte[] contents) {
    this.contents = contents;
    Cursor cursor = new Cursor(0);
    this.from = cursor.bytes(cursor.number());
    this.next = cursor.bytes(cursor.number());
    this.count = cursor.number();
    this.start = cursor.at;
  }

  /**
   * Reads what {@link Builder#build} made.
   *
   * @throws IOException when these are not its bytes
   */
  static Block read(byte[] stored) throws IOException {
    try {
      return new Block(Packed.unpack(stored));
    } catch (IndexOutOfBoundsException malformed) {
      throw new IOException("a block cannot be read: " + malformed.getMessage(), malformed);
    }
  }

  /** Whether this is where {@code key} belongs if the table has it. */
  boolean isFor(byte[] key) {
    return (next.length == 0 || TableKey.ORDER.compare(key, next) < 0)
        && TableKey.ORDER.compare(key, from) >= 0;
  }

  /** Whether it comes right after another block. */
  boolean follows(Block before) {
    return Arrays.equals(from, before.next);
  }

  /** Where the next block begins; empty in the last one. */
  byte[] next() {
    return next;
  }

  Entries entries() {
    return new Entries();
  }

  /** Walks the entries. One thread. */
  final class Entries {
    private final Cursor cursor = new Cursor(start);
    private byte[] key = {};
    private int keyLength;
    private int left = count;
    private int valueAt;
    private int valueLength;

    /** False at the end. */
    boolean advance() {
      if (left == 0) {
        return false;
      }
      left--;
      int shared = cursor.number();
      int rest = cursor.number();
      keyLength = shared + rest;
      if (keyLength > key.length) {
        key = Arrays.copyOf(key, Math.max(64, keyLength * 2));
      }
      System.arraycopy(contents, cursor.at, key, shared, rest);
      cursor.at += rest;
      valueLength = cursor.number();
      valueAt = cursor.at;
      cursor.at += valueLength;
      return true;
    }

    byte[] key() {
      return Arrays.copyOf(key, keyLength);
    }

    int compareKey(byte[] other) {
      return Arrays.compareUnsigned(key, 0, keyLength, other, 0, other.length);
    }

    boolean keyStartsWith(byte[] prefix) {
      return keyLength >= prefix.length
          && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Shares the block's bytes. */
    Bytes value() {
      return new Bytes(contents, valueAt, valueLength);
    }

    /** Owns its bytes: keeping it does not keep the block. */
    Bytes copyOfValue() {
      return new Bytes(Arrays.copyOfRange(contents, valueAt, valueAt + valueLength));
    }
  }

  private final class Cursor {
    private int at;

    Cursor(int at) {
      this.at = at;
    }

    int number() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = contents[at++];
        value |= (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    byte[] bytes(int length) {
      byte[] copy = Arrays.copyOfRange(contents, at, at + length);
      at += length;
      return copy;
    }
  }

  /** Gathers entries in key order. One thread; used again and again. */
  static final class Builder {
    private final boolean compress;
    private byte[] entries = new byte[8192];
    private int length;
    private int count;
    private byte[] from = {};
    private byte[] last = {};

    Builder(boolean compress) {
      this.compress = compress;
    }

    boolean isEmpty() {
      return count == 0;
    }

    /** Bytes gathered so far. */
    int size() {
      return length;
    }

    /** The last key that was added. */
    byte[] lastKey() {
      return last;
    }

    /** Where the block being gathered begins. */
    byte[] from() {
      return from;
    }

    void add(byte[] key, Bytes value) {
      int shared = count == 0 ? 0 : Arrays.mismatch(last, key);
      if (shared < 0) {
        throw new IllegalArgumentException("entries must come in key order, each key once");
      }
      ensure(key.length + value.length() + 15);
      number(shared);
      number(key.length - shared);
      System.arraycopy(key, shared, entries, length, key.length - shared);
      length += key.length - shared;
      number(value.length());
      System.arraycopy(value.array(), value.offset(), entries, length, value.length());
      length += value.length();
      last = key;
      count++;
    }

    /**
     * The block as stored; the builder is empty again and stands at the next block.
     *
     * @param next where the next block begins; empty when there is none
     */
    byte[] build(byte[] next) {
      byte[] contents = new byte[from.length + next.length + 15 + length];
      byte[] gathered = entries;
      int gatheredLength = length;
      int entryCount = count;
      entries = contents;
      length = 0;
      bound(from);
      bound(next);
      number(entryCount);
      System.arraycopy(gathered, 0, contents, length, gatheredLength);
      int contentsLength = length + gatheredLength;
      entries = gathered;
      length = 0;
      count = 0;
      from = next;
      return Packed.pack(contents, 0, contentsLength, compress);
    }

    private void bound(byte[] key) {
      number(key.length);
      System.arraycopy(key, 0, entries, length, key.length);
      length += key.length;
    }

    private void number(int value) {
      int rest = value;
      while (rest > 0x7F) {
        entries[length++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      entries[length++] = (byte) rest;
    }

    private void ensure(int more) {
      if (length + more > entries.length) {
        entries = Arrays.copyOf(entries, Math.max(entries.length * 2, length + more));
      }
    }
  }
}
