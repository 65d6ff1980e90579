package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Keys of memtable and tables. Unsigned byte order puts collections, then ids, then versions newest
 * first, so the current version of a document is the first entry at or after its prefix.
 *
 * <pre>
 *  +-------+------------+---+-----------+---+-----------+------------------+------+
 *  | space | collection | 0 | id        | 0 | NOT hlc   | NOT origin bytes | 0xFF |
 *  | u8    | ASCII      |   | UTF-8     |   | u64       |                  |      |
 *  +-------+------------+---+-----------+---+-----------+------------------+------+
 *  |&lt;---- prefix of the document ----------&gt;|&lt;---------- one version -----------&gt;|
 * </pre>
 *
 * Neither names nor ids contain a zero byte, so no prefix is the beginning of another document's.
 * The inverted origin ends in 0xFF, above every inverted letter: of two origins at one instant the
 * later name comes first, as it wins.
 */
public final class TableKey {

  /** Settings and drops of collections. */
  public static final byte SETTINGS = 1;

  /** Documents. */
  public static final byte DOCUMENTS = 2;

  /** Which versions of a document stand side by side; the last one written comes first. */
  public static final byte HEADS = 3;

  /** States of the CRDT fields of a document; the last one written comes first. */
  public static final byte FIELDS = 4;

  /** Hash trees of collections; the one of the last checkpoint comes first. */
  public static final byte TREES = 5;

  public static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private TableKey() {}

  static byte space(ChangeKind kind) {
    return switch (kind) {
      case PUT, DELETE, OPERATIONS -> DOCUMENTS;
      case SETTINGS, DROP -> SETTINGS;
      case HEADS -> HEADS;
      case FIELDS -> FIELDS;
      case TREE -> TREES;
    };
  }

  /** The key of one version. */
  public static byte[] of(Change change) {
    byte[] prefix = prefix(change);
    byte[] key = Arrays.copyOf(prefix, length(prefix, change));
    putVersion(key, prefix.length, change);
    return key;
  }

  /** How long the key of a change is. */
  static int length(byte[] prefix, Change change) {
    return prefix.length + Long.BYTES + change.dot().origin().value().length() + 1;
  }

  /** The key of one version of the document with this prefix. */
  static byte[] of(byte[] prefix, VersionId version) {
    int length = prefix.length + Long.BYTES + version.origin().value().length() + 1;
    byte[] key = Arrays.copyOf(prefix, length);
    putVersion(key, prefix.length, version.hlc(), version.origin().value());
    return key;
  }

  /** Puts what comes after the prefix. */
  static void putVersion(byte[] target, int offset, Change change) {
    putVersion(target, offset, change.hlc(), change.dot().origin().value());
  }

  private static void putVersion(byte[] target, int offset, HlcTimestamp hlc, String origin) {
    LONG.set(target, offset, ~hlc.packed());
    int at = offset + Long.BYTES;
    for (int i = 0; i < origin.length(); i++) {
      target[at++] = (byte) ~origin.charAt(i);
    }
    target[at] = (byte) 0xFF;
  }

  /**
   * The timestamp of a version.
   *
   * @param prefixLength as {@link #documentPrefixLength} says
   */
  public static HlcTimestamp hlc(byte[] key, int prefixLength) {
    return new HlcTimestamp(~(long) LONG.get(key, prefixLength));
  }

  /** Whether a key is of a document or the settings of this collection. */
  static boolean isOf(byte[] key, CollectionName collection) {
    String name = collection.value();
    int length = name.length();
    if (key.length <= length + 1 || key[length + 1] != 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (key[i + 1] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The collection whose document or settings a key is of. */
  static CollectionName collection(byte[] key) {
    int end = 1;
    while (key[end] != 0) {
      end++;
    }
    return new CollectionName(new String(key, 1, end - 1, StandardCharsets.US_ASCII));
  }

  /** What all versions of the document that was changed start with. */
  static byte[] prefix(Change change) {
    return prefix(space(change.kind()), change.collection(), change.id());
  }

  /** What all versions of a document start with. */
  public static byte[] prefix(byte space, CollectionName collection, DocumentId id) {
    byte[] start = collectionPrefix(space, collection);
    byte[] idBytes = id.toBytes();
    byte[] prefix = Arrays.copyOf(start, start.length + idBytes.length + 1);
    System.arraycopy(idBytes, 0, prefix, start.length, idBytes.length);
    return prefix;
  }

  /** What all documents of a collection start with. */
  static byte[] collectionPrefix(byte space, CollectionName collection) {
    String name = collection.value();
    byte[] prefix = new byte[name.length() + 2];
    prefix[0] = space;
    for (int i = 0; i < name.length(); i++) {
      prefix[i + 1] = (byte) name.charAt(i);
    }
    return prefix;
  }

  /** The smallest key above all that start with {@code prefix}, which must not end in 0xFF. */
  static byte[] after(byte[] prefix) {
    byte[] next = prefix.clone();
    next[next.length - 1]++;
    return next;
  }

  /** True when {@code key} begins with {@code prefix}. */
  public static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** How much of a key is the prefix that all documents of its collection share. */
  static int collectionPrefixLength(byte[] key) {
    int at = 1;
    while (key[at] != 0) {
      at++;
    }
    return at + 1;
  }

  /** How much of a key is the prefix that all versions of its document share. */
  public static int documentPrefixLength(byte[] key) {
    int at = collectionPrefixLength(key);
    while (key[at] != 0) {
      at++;
    }
    return at + 1;
  }
}
