package dev.meridian.simulation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file or directory of a {@link FaultyDisk}: writes and forces go by way of it. */
final class FaultyChannel extends FileChannel {

  private final FaultyDisk disk;
  private final FaultyDisk.Node node;
  private final FileChannel real;

  FaultyChannel(FaultyDisk disk, FaultyDisk.Node node, FileChannel real) {
    this.disk = disk;
    this.node = node;
    this.real = real;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    long at = real.position();
    int written = disk.write(node, real, source, at);
    real.position(at + written);
    return written;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    return disk.write(node, real, source, position);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metadata) throws IOException {
    disk.force(node);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    disk.read(node.path);
    return real.read(target);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    disk.read(node.path);
    return real.read(target, position);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    disk.read(node.path);
    return real.read(targets, offset, length);
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return real.map(mode, position, size);
  }

  @Override
  public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
    return real.map(mode, offset, size, arena);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return real.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return real.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }
}
