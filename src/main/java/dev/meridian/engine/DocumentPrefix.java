package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What all keys of a document start with, hashed once for every place it is looked up in. */
public final class DocumentPrefix {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final long hash;

  public DocumentPrefix(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes, bytes.length);
  }

  /** Of the document, or of the settings, that a change is about. */
  DocumentPrefix(Change change) {
    this(TableKey.prefix(change));
  }

  DocumentPrefix(byte space, CollectionName collection, DocumentId id) {
    this(TableKey.prefix(space, collection, id));
  }

  /** Not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** {@link #hash} of its bytes. */
  public long hash() {
    return hash;
  }

  /**
   * The hash of the first {@code length} bytes. It is in files: another one needs another format.
   */
  public static long hash(byte[] key, int length) {
    long hash = length;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(key, at));
    }
    long rest = 0;
    for (; at < length; at++) {
      rest = rest << 8 | key[at] & 0xFF;
    }
    return mix(hash ^ rest);
  }

  /** The finalizer of SplitMix64: every input bit moves every output bit. */
  static long mix(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  @Override
  public int hashCode() {
    return (int) hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DocumentPrefix prefix
        && hash == prefix.hash
        && Arrays.equals(bytes, prefix.bytes);
  }
}
