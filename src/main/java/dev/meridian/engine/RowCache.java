package dev.meridian.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.meridian.clock.Lsn;
import dev.meridian.document.Change;
import java.util.Optional;

/**
 * What tables said about single documents, so that it need not be read again. Lock-free; evicts by
 * recency and frequency (Einziger et al., "TinyLFU", 2017) to stay below its limit of bytes.
 *
 * <p>Nothing is ever invalidated: a row says up to which log record it speaks, and a reader asks
 * only tables that hold later ones.
 */
final class RowCache {

  /** What a row costs on the heap besides its key and change, as measured. */
  private static final int ROW_OVERHEAD_BYTES = 400;

  private final Cache<DocumentPrefix, Row> rows;
  private final long limitBytes;

  /**
   * The newest version that tables hold.
   *
   * @param newest empty: they hold none
   * @param upTo true for all tables with changes up to this log record
   */
  record Row(Optional<Change> newest, Lsn upTo) {}

  /**
   * @param limitBytes of heap, about; 0 caches nothing
   */
  RowCache(long limitBytes) {
    this.limitBytes = limitBytes;
    this.rows =
        Caffeine.newBuilder()
            .maximumWeight(limitBytes)
            .weigher(RowCache::weight)
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  private static int weight(DocumentPrefix prefix, Row row) {
    return ROW_OVERHEAD_BYTES
        + prefix.bytes().length
        + row.newest().map(change -> change.encoded().length()).orElse(0);
  }

  Optional<Row> find(DocumentPrefix prefix) {
    return Optional.ofNullable(rows.getIfPresent(prefix));
  }

  void put(DocumentPrefix prefix, Row row) {
    rows.put(prefix, row);
  }

  /** What tables hold was changed beneath it. */
  void clear() {
    rows.invalidateAll();
  }

  RowCacheStats stats() {
    CacheStats stats = rows.stats();
    long bytes = rows.policy().eviction().map(policy -> policy.weightedSize().orElse(0)).orElse(0L);
    return new RowCacheStats(
        bytes,
        limitBytes,
        rows.estimatedSize(),
        stats.hitCount(),
        stats.missCount(),
        stats.evictionCount());
  }
}
