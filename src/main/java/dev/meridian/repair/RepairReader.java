package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.MerkleTree;
import dev.meridian.engine.StoredKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the parts of a message; see {@link RepairCodecV1}. What cannot be is an {@link
 * IllegalArgumentException} or a refusal of the value itself, what is missing a {@link
 * BufferUnderflowException}.
 */
final class RepairReader {

  private final ByteBuffer in;

  RepairReader(ByteBuffer in) {
    this.in = in;
  }

  boolean isAtEnd() {
    return !in.hasRemaining();
  }

  int u8() {
    return in.get() & 0xFF;
  }

  boolean flag() {
    int is = u8();
    if (is > 1) {
      throw new IllegalArgumentException("neither yes nor no: " + is);
    }
    return is == 1;
  }

  int u16() {
    return in.getShort() & 0xFFFF;
  }

  int u32() {
    return in.getInt();
  }

  long u64() {
    return in.getLong();
  }

  HlcTimestamp time() {
    return new HlcTimestamp(u64());
  }

  String text() {
    return new String(array(u16()), StandardCharsets.UTF_8);
  }

  CollectionName name() {
    return new CollectionName(text());
  }

  DocumentId id() {
    return new DocumentId(text());
  }

  StoredKey key() {
    StoredKey key = new StoredKey(flag(), name(), id());
    if (key.isSettings() && !key.equals(StoredKey.settings(key.collection()))) {
      throw new IllegalArgumentException("settings are of their collection");
    }
    return key;
  }

  VersionVector vector() {
    return ChangeCodecV1.getVector(in);
  }

  Bytes bytes() {
    return new Bytes(array(u32()));
  }

  BitSet bits(int size) {
    BitSet bits = flag() ? listed() : BitSet.valueOf(bytes().array());
    if (bits.length() > size) {
      throw new IllegalArgumentException("more than " + size + " parts");
    }
    return bits;
  }

  private BitSet listed() {
    int count = count(MerkleTree.MAX_LEAVES, Short.BYTES);
    BitSet bits = new BitSet();
    for (int i = 0; i < count; i++) {
      bits.set(u16());
    }
    return bits;
  }

  long[] longs(int most) {
    long[] values = new long[count(most, Long.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = u64();
    }
    return values;
  }

  <T> List<T> list(int most, Function<RepairReader, T> each) {
    int count = count(most, 1);
    List<T> values = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      values.add(each.apply(this));
    }
    return values;
  }

  <T> Optional<T> optional(Function<RepairReader, T> each) {
    return flag() ? Optional.of(each.apply(this)) : Optional.empty();
  }

  private int count(int most, int bytesEach) {
    int count = u32();
    if (count < 0 || count > most) {
      throw new IllegalArgumentException(count + " where " + most + " are allowed");
    }
    if (count > in.remaining() / bytesEach) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private byte[] array(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
