package dev.meridian.coordinator;

import dev.meridian.cluster.ReplicaEndpoint;
import dev.meridian.cluster.Topology;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.DocumentStore;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import dev.meridian.replication.Acknowledgements;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.Replication;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Documents of this region. Thread-safe. */
public final class RegionDocuments implements Documents {

  private final ReadCoordinator reads;
  private final LevelGate gate;
  private final Polls polls;
  private final WriteCoordinator writes;
  private final WriteRouter router;
  private final CatchUp catchUp;
  private final Mender mender;
  private final QuorumReads quorum;
  private final Confirmations confirmations;
  private final Bodies bodies;
  private final ForwardedWrites forwarded;
  private final ReplicaDesk desk;
  private final Journeys journeys;
  private final Replicas replicas;
  private final WallClock wall;
  private final RandomGenerator random;

  /**
   * What documents stand on.
   *
   * @param settings reads a collection's settings
   * @param staleness how old the store's state may be, as {@code replication} has it
   * @param transport reaches the peers that {@code replication} replicates with
   * @param hints the same that {@code replication} hands over
   * @param serving false while this region may lack what it acknowledged in an earlier life
   * @param autoCreate whether a write to a collection that does not exist creates it
   * @param json bounds of what comes of a patch
   */
  public record Parts(
      Topology topology,
      DocumentStore store,
      Function<CollectionState, CollectionSettings> settings,
      Replication replication,
      Supplier<Duration> staleness,
      Transport transport,
      HintedHandoff hints,
      BooleanSupplier serving,
      boolean autoCreate,
      JsonLimits json,
      WallClock wall,
      Scheduler scheduler,
      Threads threads,
      RandomGenerator random) {}

  public RegionDocuments(Parts parts) {
    Scheduler scheduler = parts.scheduler();
    wall = parts.wall();
    random = parts.random();
    replicas = new Replicas(parts.topology(), parts.replication());
    Copy copy =
        new Copy(
            parts.topology().self().id(), parts.store(), parts.staleness(), wall, parts.threads());
    ReplicaClient peers = new ReplicaClient(parts.transport(), wall);
    catchUp = new CatchUp(parts.store(), parts.replication(), peers, scheduler);
    mender = new Mender(peers, wall);
    polls = new Polls(replicas, peers, scheduler);
    quorum = new QuorumReads(copy, peers, polls, catchUp, mender, scheduler);
    Placements placements = new Placements(parts.store(), parts.settings());
    bodies = new Bodies(copy, replicas, peers, polls);
    gate = new LevelGate(copy, replicas, scheduler);
    reads = new ReadCoordinator(copy, replicas, peers, gate, quorum, bodies, placements);
    confirmations = new Confirmations(replicas, new StandIns(replicas, peers), scheduler, wall);
    forwarded = new ForwardedWrites(replicas, peers, wall);
    writes =
        new WriteCoordinator(
            parts.store(),
            new FieldWrites(parts.store(), parts.replication()::isWhole),
            parts.settings(),
            gate,
            reads,
            confirmations,
            wall,
            parts.autoCreate());
    Patches patches = new Patches(parts.store(), placements, reads, writes, parts.json(), wall);
    router = new WriteRouter(copy, placements, reads, writes, patches, forwarded);
    Sightings sightings = new Sightings(parts.store(), wall);
    journeys = new Journeys(replicas, peers, sightings);
    desk =
        new ReplicaDesk(
            copy,
            replicas,
            reads,
            router,
            catchUp,
            sightings,
            scheduler,
            parts.hints(),
            parts.serving());
  }

  /** What this region answers its peers about its copy. */
  public ReplicaEndpoint desk() {
    return desk;
  }

  /** Figures of what requests cost beyond this region. */
  public GuaranteeStats stats() {
    Acknowledgements acks = replicas.replication().acknowledgements();
    return new GuaranteeStats(
        gate.waiting(),
        acks.waiting(),
        acks.ignored(),
        confirmations.refused(),
        confirmations.unknown(),
        polls.hedges(),
        quorum.repairs(),
        mender.mended(),
        mender.skipped(),
        quorum.divergences(),
        catchUp.fetched(),
        desk.open(),
        forwarded.forwarded(),
        bodies.fetched(),
        bodies.missed());
  }

  ReadCoordinator reads() {
    return reads;
  }

  Journeys journeys() {
    return journeys;
  }

  WriteCoordinator writes() {
    return writes;
  }

  @Override
  public CompletionStage<Lookup> look(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return reads.look(collection, id, options);
  }

  @Override
  public CompletionStage<Lookup> lookStates(
      CollectionName collection, DocumentId id, ReadOptions options) {
    return reads.lookStates(collection, id, options);
  }

  @Override
  public CompletionStage<WriteResult> put(
      CollectionName collection, DocumentId id, Bytes body, WriteOptions options) {
    return router.put(collection, id, body, options);
  }

  @Override
  public CompletionStage<PatchResult> patch(
      CollectionName collection, DocumentId id, DocumentPatch patch, WriteOptions options) {
    return router.patch(collection, id, patch, options);
  }

  @Override
  public CompletionStage<WriteResult> delete(
      CollectionName collection, DocumentId id, WriteOptions options) {
    return router.delete(collection, id, options);
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
    return new Bulk(
            reads, router, collection, operations, options, () -> writes.nothingWritten(options))
        .run();
  }

  @Override
  public DocumentId newId() {
    // RFC 9562, section 5.7: 48 bits of milliseconds, version 7, 74 random bits.
    long high = wall.millis() << 16 | 0x7000L | random.nextLong() & 0x0FFFL;
    long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
    return new DocumentId(new java.util.UUID(high, low).toString());
  }

  /** What went wrong below the wrappers of futures. */
  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Failures of a stage are failures of the store; anything else is a defect. */
  static StoreFailure asStoreFailure(Throwable thrown) {
    Throwable cause = cause(thrown);
    return cause instanceof StoreFailure failure
        ? failure
        : new StoreFailure.Fault(
            dev.meridian.document.FailureCode.INTERNAL_ERROR, "an unexpected failure", cause);
  }
}
