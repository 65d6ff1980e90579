package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.FaultyReplicaEndpoint;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Transport;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeKind;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.DocumentStore;
import dev.meridian.engine.Mutation;
import dev.meridian.simulation.Contents;
import dev.meridian.simulation.HistoryChecker;
import dev.meridian.simulation.HistoryChecker.Kind;
import dev.meridian.simulation.HistoryChecker.Op;
import dev.meridian.simulation.SimulatedCluster;
import dev.meridian.simulation.SimulatedNetwork.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Clients of a simulated cluster that go from region to region, each with one kind of guarantee,
 * while links are cut, paused and healed. All from one seed, in one thread.
 */
final class SimulatedClients {

  static final Duration BOUND = Duration.ofMillis(400);
  static final CollectionName COLLECTION = new CollectionName("c");
  private static final int KEYS = 3;

  /** A promise of which the rule that keeps it is taken away. */
  enum Without {
    NOTHING,
    /** Every region says that it covers every session. */
    SESSION_WAIT,
    /** Every region takes its data for fresh. */
    BOUNDED_WAIT,
    /** Every region takes the others' clocks for its own. */
    CLOCK_OFFSET,
    /** The others that a quorum read asks are the region itself. */
    QUORUM_READ,
    /** Replicas say that they hold what a read repairs, and do not. */
    READ_REPAIR,
    /** Quorum writes are answered when this region has them. */
    DURABILITY_WAIT,
    /** The first region answers anything when it is asked for bodies. */
    HONEST_BODIES,
    /** Right before each write that asks for a version, somebody else writes. */
    PEACE
  }

  final SimulatedCluster cluster;
  final List<Op> ops = new ArrayList<>();
  final Map<String, Integer> failures = new HashMap<>();
  private final Without without;
  private final RandomGenerator random;
  private final CollectionSettings settings;
  private final Map<ReplicaId, RegionDocuments> documents = new HashMap<>();
  private boolean stopping;

  /**
   * @param skewed whether clocks are seconds apart, not milliseconds
   */
  SimulatedClients(long seed, Without without, boolean skewed, String... regions) {
    this(seed, without, skewed, CollectionSettings.DEFAULTS, regions);
  }

  /**
   * @param settings of the collection, the same in every region from the beginning
   */
  SimulatedClients(
      long seed, Without without, boolean skewed, CollectionSettings settings, String... regions) {
    this.settings = settings;
    this.cluster = new SimulatedCluster(seed, regions);
    if (skewed) {
      skew(seed);
    }
    this.without = without;
    this.random = cluster.random();
    cluster.ids().forEach(this::serve);
  }

  private void skew(long seed) {
    for (ReplicaId id : cluster.ids()) {
      cluster.stop(id);
      cluster.skew(id, new java.util.Random(seed + id.hashCode()).nextInt(20_000) - 10_000);
      cluster.replaceStore(id);
    }
    cluster.ids().forEach(cluster::start);
  }

  RegionDocuments documents(ReplicaId id) {
    return documents.get(id);
  }

  private void serve(ReplicaId id) {
    RegionDocuments served =
        new RegionDocuments(
            new RegionDocuments.Parts(
                cluster.topology(id),
                store(cluster.engine(id)),
                collection -> settings,
                cluster.node(id),
                () -> staleness(id),
                transport(id),
                cluster.hints(id),
                () -> true,
                true,
                JsonLimits.DEFAULTS,
                cluster.wall(id),
                cluster.time(),
                cluster.threads(id),
                random));
    documents.put(id, served);
    cluster
        .network()
        .attach(id, new FaultyReplicaEndpoint(served.desk(), cluster.faults(id), cluster.time()));
  }

  private DocumentStore store(DocumentStore store) {
    if (without == Without.PEACE) {
      return (DocumentStore)
          java.lang.reflect.Proxy.newProxyInstance(
              DocumentStore.class.getClassLoader(),
              new Class<?>[] {DocumentStore.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("apply")
                    && arguments[0] instanceof List<?> mutations
                    && mutations.getFirst()
                        instanceof
                        Mutation.Put(
                            CollectionName collection,
                            DocumentId id,
                            Bytes body,
                            Precondition.AnyOf condition,
                            Placement placement,
                            String trace,
                            boolean resolution,
                            boolean fielded)) {
                  store.apply(
                      List.of(
                          new Mutation.Put(
                              collection,
                              id,
                              Bytes.utf8("{\"by\":\"another\"}"),
                              Precondition.NONE,
                              placement,
                              trace)),
                      told -> {});
                }
                return method.invoke(store, arguments);
              });
    }
    return without == Without.SESSION_WAIT
        ? (DocumentStore)
            java.lang.reflect.Proxy.newProxyInstance(
                DocumentStore.class.getClassLoader(),
                new Class<?>[] {DocumentStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("vector")
                        ? everything()
                        : method.invoke(store, arguments))
        : store;
  }

  private VersionVector everything() {
    VersionVector all = VersionVector.EMPTY;
    for (ReplicaId id : cluster.ids()) {
      all = all.merge(cluster.engine(id).vector());
    }
    return all;
  }

  private Duration staleness(ReplicaId id) {
    long now = cluster.wall(id).millis();
    return switch (without) {
      case BOUNDED_WAIT -> Duration.ZERO;
      case CLOCK_OFFSET ->
          Duration.ofMillis(Math.max(0, now - cluster.node(id).safeTime().millis()));
      default -> cluster.node(id).staleness();
    };
  }

  private Transport transport(ReplicaId id) {
    Transport real = cluster.transport(id);
    if (without != Without.QUORUM_READ
        && without != Without.READ_REPAIR
        && without != Without.HONEST_BODIES) {
      return real;
    }
    return (Transport)
        java.lang.reflect.Proxy.newProxyInstance(
            Transport.class.getClassLoader(),
            new Class<?>[] {Transport.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("ask")) {
                return method.invoke(real, arguments);
              }
              ReplicaQuestion question = ReplicaCodecV1.question((Bytes) arguments[1]);
              boolean lies = without == Without.HONEST_BODIES && arguments[0].equals(first());
              return switch (question) {
                case ReplicaQuestion.Read read when lies -> forged();
                case ReplicaQuestion.Versions versions when lies -> forged();
                case ReplicaQuestion.Digest digest when without == Without.QUORUM_READ ->
                    documents.get(id).desk().answer(peerOf(id), (Bytes) arguments[1]);
                case ReplicaQuestion.Cover cover when without == Without.QUORUM_READ ->
                    documents.get(id).desk().answer(peerOf(id), (Bytes) arguments[1]);
                case ReplicaQuestion.Cover(VersionVector wanted, int timeout)
                    when without == Without.READ_REPAIR && !wanted.equals(VersionVector.EMPTY) ->
                    java.util.concurrent.CompletableFuture.completedFuture(
                        ReplicaCodecV1.encode(new ReplicaAnswer.Vector(wanted)));
                default -> method.invoke(real, arguments);
              };
            });
  }

  private Region first() {
    return cluster.topology(cluster.ids().getFirst()).self();
  }

  private static CompletionStage<Bytes> forged() {
    ReplicaAnswer answer =
        new ReplicaAnswer.Document(
            VersionVector.EMPTY,
            0,
            Optional.of(new Shown(Bytes.utf8("no change at all"), Optional.empty())));
    return java.util.concurrent.CompletableFuture.completedFuture(ReplicaCodecV1.encode(answer));
  }

  private ReplicaId peerOf(ReplicaId id) {
    return cluster.topology(id).peers().getFirst().id();
  }

  /** Lets clients work while the network misbehaves, then heals it and lets everything arrive. */
  void storm(int clientsOfEachKind, int disturbances) {
    createCollection();
    cluster.run(Duration.ofSeconds(2));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < clientsOfEachKind; i++) {
      clients.add(new Client("s" + i, HistoryChecker.SESSION));
      clients.add(new Client("b" + i, HistoryChecker.BOUNDED));
      clients.add(new Client("q" + i, HistoryChecker.QUORUM));
    }
    clients.forEach(Client::next);
    for (int i = 0; i < disturbances; i++) {
      disturb();
      cluster.run(Duration.ofMillis(random.nextInt(250)));
    }
    stopping = true;
    cluster.network().healAll();
    cluster.ids().forEach(id -> cluster.ids().forEach(peer -> resume(id, peer)));
    cluster.run(Duration.ofSeconds(6));
  }

  private void createCollection() {
    Mutation configure = new Mutation.Configure(COLLECTION, Bytes.utf8("{}"), "");
    cluster.engine(cluster.ids().getFirst()).apply(List.of(configure), outcomes -> {});
  }

  private void disturb() {
    ReplicaId one = pick();
    ReplicaId two = pick();
    switch (random.nextInt(11)) {
      case 0 -> cluster.network().cut(new Way(one, two), random.nextBoolean());
      case 1 -> {
        cluster.network().cut(new Way(one, two), false);
        cluster.network().cut(new Way(two, one), random.nextBoolean());
      }
      case 2, 3, 4 -> cluster.network().heal(new Way(one, two));
      case 5 -> cluster.network().healAll();
      case 6, 7 -> {
        if (!one.equals(two)) {
          cluster.node(one).pause(two);
        }
      }
      case 8 -> resume(one, two);
      case 9 -> cluster.network().breakStreams(new Way(one, two));
      default -> {}
    }
  }

  private void resume(ReplicaId id, ReplicaId peer) {
    if (!id.equals(peer)) {
      cluster.node(id).resume(peer);
    }
  }

  private ReplicaId pick() {
    return cluster.ids().get(random.nextInt(cluster.ids().size()));
  }

  /**
   * What is wrong with all that was seen. A clock that runs ahead of itself by less than a
   * heartbeat is not noticed.
   */
  List<HistoryChecker.Violation> check() {
    List<List<String>> logs =
        cluster.ids().stream()
            .map(
                id ->
                    Contents.changes(cluster.engine(id)).stream()
                        .map(change -> change.version().toString())
                        .toList())
            .toList();
    return HistoryChecker.check(ops, logs, BOUND.toNanos(), Duration.ofMillis(101).toNanos());
  }

  /** Changes that a region has with a body it must not have, or without one it must have. */
  List<String> misplaced() {
    List<String> wrong = new ArrayList<>();
    for (ReplicaId id : cluster.ids()) {
      for (Change change : Contents.changes(cluster.engine(id))) {
        boolean body = change.kind() == ChangeKind.PUT && !change.isWithheld();
        boolean may = change.placement().holds(id);
        if (change.kind() == ChangeKind.PUT && body != may) {
          wrong.add(id + " " + (body ? "has" : "lacks") + " the body of " + change.version());
        }
      }
    }
    return wrong;
  }

  /** How many changes are placed, and not everywhere. */
  long placed() {
    return Contents.changes(cluster.engine(cluster.ids().getFirst())).stream()
        .filter(change -> change.placement().regions().size() > 0)
        .count();
  }

  /** One operation at a time, anywhere. */
  private final class Client {
    private final String name;
    private final String kind;
    private SessionToken token = SessionToken.NONE;
    private int written;

    Client(String name, String kind) {
      this.name = name;
      this.kind = kind;
    }

    void next() {
      if (stopping) {
        return;
      }
      DocumentId key = new DocumentId("k" + random.nextInt(KEYS));
      Documents region = documents.get(pick());
      long start = cluster.time().nanos();
      if (random.nextInt(3) == 0) {
        write(region, key, start);
      } else if (kind.equals(HistoryChecker.QUORUM) && random.nextInt(4) == 0) {
        list(region, key, start);
      } else {
        read(region, key, start);
      }
    }

    private void write(Documents region, DocumentId key, long start) {
      boolean quorum = kind.equals(HistoryChecker.QUORUM);
      WriteOptions options =
          new WriteOptions(
              quorum && without != Without.DURABILITY_WAIT ? Durability.QUORUM : Durability.LOCAL,
              token,
              Precondition.NONE,
              false,
              Duration.ofMillis(700),
              "");
      Bytes body = Bytes.utf8("{\"by\":\"" + name + "\",\"n\":" + written++ + "}");
      region
          .put(COLLECTION, key, body, options)
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  String version = done.version().toString();
                  boolean confirmed = done.unconfirmed().isEmpty();
                  note(Kind.WRITE, key, version, start, confirmed);
                  remember(done.answer());
                }
                done(failure);
              });
    }

    private ReadOptions options() {
      ConsistencyLevel level =
          switch (kind) {
            case HistoryChecker.SESSION -> new ConsistencyLevel.Session();
            case HistoryChecker.BOUNDED -> new ConsistencyLevel.Bounded(BOUND);
            default -> new ConsistencyLevel.Quorum();
          };
      return new ReadOptions(level, token, false, Duration.ofMillis(700));
    }

    private void read(Documents region, DocumentId key, long start) {
      CompletionStage<Documents.Lookup> read = region.look(COLLECTION, key, options());
      read.whenComplete(
          (found, failure) -> {
            if (failure == null) {
              String version = found.stored().map(each -> each.version().toString()).orElse("");
              note(Kind.READ, key, version, start, true);
              remember(found.answer());
            }
            done(failure);
          });
    }

    private void list(Documents region, DocumentId key, long start) {
      Documents.ListRequest request =
          new Documents.ListRequest(key.value(), 1, Optional.empty(), Optional.empty());
      region
          .list(COLLECTION, request, options())
          .whenComplete(
              (page, failure) -> {
                if (failure == null) {
                  String version =
                      page.documents().isEmpty()
                          ? ""
                          : page.documents().getFirst().version().toString();
                  note(Kind.READ, key, version, start, true);
                }
                done(failure);
              });
    }

    private void remember(Answer answer) {
      if (kind.equals(HistoryChecker.SESSION)) {
        token = SessionToken.parse(answer.session().text());
      }
    }

    private void note(Kind what, DocumentId key, String version, long start, boolean confirmed) {
      ops.add(
          new Op(name, what, kind, key.value(), version, start, cluster.time().nanos(), confirmed));
    }

    private void done(@org.jspecify.annotations.Nullable Throwable failure) {
      if (failure != null) {
        StoreFailure why = RegionDocuments.asStoreFailure(failure);
        if (why instanceof StoreFailure.Fault || why instanceof StoreFailure.CallerMistake) {
          throw new AssertionError(name + " got " + why, why);
        }
        failures.merge(why.code().text(), 1, Integer::sum);
      }
      cluster.time().after(Duration.ofMillis(1 + random.nextInt(60)), this::next);
    }
  }
}
