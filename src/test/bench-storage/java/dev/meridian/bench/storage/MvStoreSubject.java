package dev.meridian.bench.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/** H2's MVStore: a tree that is never changed in place, in one file that is its log too. */
final class MvStoreSubject extends SynchronousSubject {

  private static final int CACHE_MIB = 256;

  private final MVStore store;
  private final MVMap<String, byte[]> map;

  MvStoreSubject(Path directory) throws IOException {
    Files.createDirectories(directory);
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("store.mv").toString())
            .cacheSize(CACHE_MIB)
            .autoCommitDisabled()
            .open();
    // What a commit replaced is safe to reuse, since each commit is forced.
    store.setRetentionTime(0);
    map =
        store.openMap(
            "orders",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  void writeNow(List<Write> group) {
    for (Write write : group) {
      if (write.isDelete()) {
        map.remove(write.id());
      } else {
        map.put(write.id(), write.body());
      }
    }
    store.commit();
    store.sync();
  }

  @Override
  public int get(String id) {
    byte[] body = map.get(id);
    return body == null ? 0 : body.length;
  }

  @Override
  public int page(String after, int limit, Visitor visitor) {
    String from = after.isEmpty() ? map.firstKey() : map.higherKey(after);
    if (from == null) {
      return 0;
    }
    Cursor<String, byte[]> cursor = map.cursor(from);
    int found = 0;
    for (; found < limit && cursor.hasNext(); found++) {
      String id = cursor.next();
      byte[] body = cursor.getValue();
      visitor.document(id, body, 0, body.length);
    }
    return found;
  }

  @Override
  public boolean isIdle() {
    return true;
  }

  @Override
  public void flush() {
    // each commit is in the tree
  }

  @Override
  public boolean isLog(String path) {
    return false;
  }

  @Override
  public String setUp() {
    return "2.4.240; commit and sync per group; cache 256 MiB; not compressed; replaced space reused"
        + " at once; else defaults";
  }

  @Override
  public void close() throws IOException {
    stopWriter();
    store.close();
  }
}
