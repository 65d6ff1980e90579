package dev.meridian.bench.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB, with the same durability, a filter of the same size and compressed blocks. */
final class RocksDbSubject extends SynchronousSubject {

  private static final long CACHE_BYTES = 256L << 20;

  private final Cache cache;
  private final BloomFilter filter;
  private final Options options;
  private final WriteOptions durable;
  private final RocksDB db;

  RocksDbSubject(Path directory) throws IOException {
    Files.createDirectories(directory);
    RocksDB.loadLibrary();
    filter = new BloomFilter(10);
    cache = new LRUCache(CACHE_BYTES);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setMaxBackgroundJobs(2)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    durable = new WriteOptions().setSync(true);
    try {
      db = RocksDB.open(options, directory.toString());
    } catch (RocksDBException failed) {
      throw new IOException(failed);
    }
  }

  @Override
  void writeNow(List<Write> group) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Write write : group) {
        if (write.isDelete()) {
          batch.delete(key(write.id()));
        } else {
          batch.put(key(write.id()), write.body());
        }
      }
      db.write(durable, batch);
    }
  }

  @Override
  public int get(String id) {
    try {
      byte[] body = db.get(key(id));
      return body == null ? 0 : body.length;
    } catch (RocksDBException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Override
  public int page(String after, int limit, Visitor visitor) {
    try (RocksIterator entries = db.newIterator()) {
      if (after.isEmpty()) {
        entries.seekToFirst();
      } else {
        entries.seek(key(after + '\0'));
      }
      int found = 0;
      for (; found < limit && entries.isValid(); entries.next(), found++) {
        byte[] body = entries.value();
        visitor.document(
            new String(entries.key(), StandardCharsets.ISO_8859_1), body, 0, body.length);
      }
      return found;
    }
  }

  @Override
  public boolean isIdle() {
    try {
      return db.getLongProperty("rocksdb.num-running-compactions") == 0
          && db.getLongProperty("rocksdb.num-running-flushes") == 0
          && db.getLongProperty("rocksdb.compaction-pending") == 0;
    } catch (RocksDBException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Override
  public void flush() throws IOException {
    try (FlushOptions waiting = new FlushOptions()) {
      db.flush(waiting);
    } catch (RocksDBException failed) {
      throw new IOException(failed);
    }
  }

  @Override
  public boolean isLog(String path) {
    return path.endsWith(".log");
  }

  @Override
  public String setUp() {
    return "10.5.1; a write batch per group with sync (fdatasync of its log); LZ4; filter of 10 bits;"
        + " block cache 256 MiB; two background jobs; else defaults";
  }

  @Override
  public void close() throws IOException {
    stopWriter();
    db.close();
    durable.close();
    options.close();
    filter.close();
    cache.close();
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.ISO_8859_1);
  }
}
