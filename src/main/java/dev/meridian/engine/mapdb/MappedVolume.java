package dev.meridian.engine.mapdb;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.mapdb.DataInput2;
import org.mapdb.volume.Volume;

/**
 * Shows a mapped file to MapDB. Every access is checked against the file's end, whatever offsets
 * the file's own (perhaps damaged) bytes claim.
 */
final class MappedVolume extends Volume {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** No node is larger than a page. */
  private static final int MAX_INPUT = MapDbTableStore.PAGE_BYTES;

  private final MappedFile file;
  private final MemorySegment bytes;

  MappedVolume(MappedFile file) {
    this.file = file;
    this.bytes = file.bytes();
  }

  @Override
  public long getLong(long offset) {
    return bytes.get(LONG, offset);
  }

  @Override
  public int getInt(long offset) {
    return bytes.get(INT, offset);
  }

  @Override
  public byte getByte(long offset) {
    return bytes.get(ValueLayout.JAVA_BYTE, offset);
  }

  /** A copy; MapDB asks for a nonsensical size at the last node of a page, so it is bounded. */
  @Override
  public DataInput2 getDataInput(long offset, int size) {
    long left = Math.min(bytes.byteSize() - offset, MAX_INPUT);
    int length = (int) (size < 0 ? left : Math.min(left, size));
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    return new DataInput2.ByteArray(copy);
  }

  @Override
  public void getData(long offset, byte[] target, int position, int size) {
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, target, position, size);
  }

  @Override
  public long length() {
    return bytes.byteSize();
  }

  @Override
  public File getFile() {
    return file.path().toFile();
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public int sliceSize() {
    return -1;
  }

  @Override
  public boolean isSliced() {
    return false;
  }

  @Override
  public boolean getFileLocked() {
    return false;
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public void sync() {}

  @Override
  public void ensureAvailable(long offset) {
    throw readOnly();
  }

  @Override
  public void truncate(long size) {
    throw readOnly();
  }

  @Override
  public void putLong(long offset, long value) {
    throw readOnly();
  }

  @Override
  public void putInt(long offset, int value) {
    throw readOnly();
  }

  @Override
  public void putByte(long offset, byte value) {
    throw readOnly();
  }

  @Override
  public void putData(long offset, byte[] source, int position, int size) {
    throw readOnly();
  }

  @Override
  public void putData(long offset, ByteBuffer source) {
    throw readOnly();
  }

  @Override
  public void clear(long start, long end) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("tables are never changed");
  }
}
