package dev.meridian.repair;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.engine.StoredKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Writes the parts of a message; see {@link RepairCodecV1}. */
final class RepairWriter {

  private static final int MAX_TEXT = 0xFFFF;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  RepairWriter u8(int value) {
    out.write(value);
    return this;
  }

  RepairWriter flag(boolean is) {
    return u8(is ? 1 : 0);
  }

  RepairWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  RepairWriter u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  RepairWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  RepairWriter time(HlcTimestamp time) {
    return u64(time.packed());
  }

  RepairWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MAX_TEXT) {
      throw new IllegalArgumentException("a text of " + utf8.length + " bytes");
    }
    u16(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  RepairWriter name(CollectionName name) {
    return text(name.value());
  }

  RepairWriter id(DocumentId id) {
    return text(id.value());
  }

  RepairWriter key(StoredKey key) {
    return flag(key.isSettings()).name(key.collection()).id(key.id());
  }

  RepairWriter vector(VersionVector vector) {
    ByteBuffer bytes = ByteBuffer.allocate(ChangeCodecV1.size(vector));
    ChangeCodecV1.putVector(bytes, vector);
    out.writeBytes(bytes.array());
    return this;
  }

  RepairWriter bytes(Bytes value) {
    u32(value.length());
    out.write(value.array(), value.offset(), value.length());
    return this;
  }

  /** As a list where that is shorter. */
  RepairWriter bits(BitSet bits) {
    boolean few = bits.cardinality() * Short.BYTES < bits.length() / Byte.SIZE;
    flag(few);
    if (!few) {
      return bytes(new Bytes(bits.toByteArray()));
    }
    u32(bits.cardinality());
    bits.stream().forEach(this::u16);
    return this;
  }

  RepairWriter longs(long[] values) {
    u32(values.length);
    for (long value : values) {
      u64(value);
    }
    return this;
  }

  <T> RepairWriter list(List<T> values, BiConsumer<RepairWriter, T> each) {
    u32(values.size());
    values.forEach(value -> each.accept(this, value));
    return this;
  }

  <T> RepairWriter optional(Optional<T> value, BiConsumer<RepairWriter, T> each) {
    flag(value.isPresent());
    value.ifPresent(present -> each.accept(this, present));
    return this;
  }

  byte[] toArray() {
    return out.toByteArray();
  }
}
