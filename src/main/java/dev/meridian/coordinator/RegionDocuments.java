package dev.meridian.coordinator;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Documents of this region. Thread-safe. */
public final class RegionDocuments implements Documents {

  private final ReadCoordinator reads;
  private final WriteCoordinator writes;
  private final WallClock wall;
  private final RandomGenerator random;

  /**
   * @param settings reads a collection's settings
   * @param safeTime reads as of it are complete here
   * @param autoCreate whether a write to a collection that does not exist creates it
   */
  public RegionDocuments(
      LogStructuredEngine engine,
      Function<CollectionState, CollectionSettings> settings,
      Supplier<HlcTimestamp> safeTime,
      boolean autoCreate,
      WallClock wall,
      Scheduler scheduler,
      Threads threads,
      RandomGenerator random) {
    this.reads = new ReadCoordinator(engine, safeTime, wall, scheduler, threads);
    this.writes = new WriteCoordinator(engine, settings, reads, autoCreate);
    this.wall = wall;
    this.random = random;
  }

  ReadCoordinator reads() {
    return reads;
  }

  WriteCoordinator writes() {
    return writes;
  }

  @Override
  public CompletionStage<DocumentRead> get(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return reads.get(collection, id, options);
  }

  @Override
  public CompletionStage<WriteResult> put(
      CollectionName collection, DocumentId id, Bytes body, WriteOptions options) {
    return writes.put(collection, id, body, options);
  }

  @Override
  public CompletionStage<WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options) {
    return writes.delete(collection, id, options);
  }

  @Override
  public CompletionStage<DocumentPage> list(
      CollectionName collection, ListRequest request, ReadOptions options) {
    return reads.list(collection, request, options);
  }

  @Override
  public CompletionStage<BulkResult> bulk(
      CollectionName collection, List<BulkOperation> operations, WriteOptions options) {
    if (operations.size() > MAX_BULK_OPERATIONS) {
      throw new IllegalArgumentException("more than " + MAX_BULK_OPERATIONS + " operations");
    }
    return new Bulk(reads, writes, collection, operations, options).run();
  }

  @Override
  public DocumentId newId() {
    // RFC 9562, section 5.7: 48 bits of milliseconds, version 7, 74 random bits.
    long high = wall.millis() << 16 | 0x7000L | random.nextLong() & 0x0FFFL;
    long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
    return new DocumentId(new java.util.UUID(high, low).toString());
  }

  /** Failures of a stage are failures of the store; anything else is a defect. */
  static StoreFailure asStoreFailure(Throwable thrown) {
    Throwable cause =
        thrown instanceof java.util.concurrent.CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return cause instanceof StoreFailure failure
        ? failure
        : new StoreFailure.Fault(
            dev.meridian.document.FailureCode.INTERNAL_ERROR, "an unexpected failure", cause);
  }
}
