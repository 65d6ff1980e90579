package dev.meridian.simulation;

import dev.meridian.clock.ReplicaId;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.ConsistencyLevel;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Durability;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.Scheduler;
import dev.meridian.simulation.HistoryChecker.Kind;
import dev.meridian.simulation.HistoryChecker.Op;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients that go from region to region, each with one kind of guarantee, and note what they see.
 * Those who ask for nothing see whatever there is; they are there to be in the way.
 */
final class Clients {

  static final CollectionName COLLECTION = new CollectionName("seen");

  private static final Duration BOUND = Duration.ofMillis(400);

  /** Ages are counted in whole milliseconds. */
  private static final Duration SLACK = Duration.ofMillis(1);

  private static final Duration TIMEOUT = Duration.ofMillis(700);

  /** Who gets no answer at all goes away. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int KEYS = 4;
  private static final int OF_EACH_KIND = 8;
  private static final String LOOSE = "loose";
  private static final List<String> KINDS =
      List.of(HistoryChecker.SESSION, HistoryChecker.BOUNDED, HistoryChecker.QUORUM, LOOSE);

  /** What a client may be told of its own request. */
  private static final Set<FailureCode> MISTAKES =
      Set.of(
          FailureCode.COLLECTION_NOT_FOUND,
          FailureCode.DOCUMENT_NOT_FOUND,
          FailureCode.DOCUMENT_DELETED,
          FailureCode.PRECONDITION_FAILED,
          FailureCode.DOCUMENT_CONTENDED);

  private final SimulatedCluster cluster;
  private final Sabotage sabotage;
  private final Consumer<String> timeline;
  private final RandomGenerator random;
  private final List<Client> clients = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final Map<String, Integer> refused = new TreeMap<>();
  private long answered;

  /**
   * @param timeline gets what they see
   */
  Clients(SimulatedCluster cluster, Sabotage sabotage, Consumer<String> timeline) {
    this.cluster = cluster;
    this.timeline = timeline;
    this.sabotage = sabotage;
    this.random = cluster.random();
    for (int i = 0; i < OF_EACH_KIND; i++) {
      for (String kind : KINDS) {
        clients.add(new Client(kind + i, kind));
      }
    }
  }

  /**
   * Makes the collection.
   *
   * @param keepVersions how much history it keeps
   */
  void open(ReplicaId region, int keepVersions) {
    cluster.keep(region, COLLECTION, keepVersions);
  }

  /** Each one that waits for nothing asks for something, somewhere. */
  void step() {
    List<ReplicaId> regions = cluster.ids().stream().filter(cluster::serves).toList();
    if (regions.isEmpty()) {
      return;
    }
    for (Client client : clients) {
      if (!client.waits) {
        client.next(regions.get(random.nextInt(regions.size())));
      }
    }
  }

  /** How many requests were answered, and how many refused. */
  long requests() {
    return answered + refused.values().stream().mapToInt(each -> each).sum();
  }

  /** Why how many were refused. */
  Map<String, Integer> refused() {
    return refused;
  }

  /** Every guarantee was kept. */
  void check() {
    List<List<String>> logs = new ArrayList<>();
    for (ReplicaId id : cluster.ids()) {
      if (!cluster.isLogWhole(id)) {
        continue; // it has some changes twice, or not at all
      }
      logs.add(
          Contents.changes(cluster.engine(id)).stream()
              .filter(change -> change.collection().equals(COLLECTION))
              .map(Change::version)
              .map(Object::toString)
              .toList());
    }
    List<HistoryChecker.Violation> violations =
        HistoryChecker.check(ops, logs, BOUND.toNanos(), SLACK.toNanos());
    if (!violations.isEmpty()) {
      throw new AssertionError(
          "clients saw what they must not: "
              + violations.subList(0, Math.min(3, violations.size())));
    }
  }

  /** One operation at a time, anywhere. */
  private final class Client {
    private final String name;
    private final String kind;
    private SessionToken token = SessionToken.NONE;
    private Optional<Revision> read = Optional.empty();
    private int written;
    private int requests;
    private boolean waits;

    Client(String name, String kind) {
      this.name = name;
      this.kind = kind;
    }

    void next(ReplicaId region) {
      Documents documents = cluster.documents(region);
      DocumentId key = new DocumentId("k" + random.nextInt(KEYS));
      Request request = new Request(this, region, key, ++requests);
      waits = true;
      request.timer = cluster.time().after(PATIENCE, request::givenUp);
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> request.written(documents.put(COLLECTION, key, body(), writes()));
        case 3, 4 -> request.written(documents.put(COLLECTION, key, body(), writes().when(seen())));
        case 5 -> request.bulk(documents, writes());
        case 6, 7 -> request.list(documents);
        default -> request.looked(documents.look(COLLECTION, key, reads()));
      }
    }

    private Bytes body() {
      return Bytes.utf8("{\"by\":\"" + name + "\",\"n\":" + written++ + "}");
    }

    private Precondition seen() {
      return read.<Precondition>map(each -> new Precondition.AnyOf(List.of(each)))
          .orElseGet(Precondition.Absent::new);
    }

    private WriteOptions writes() {
      return new WriteOptions(durability(), token, Precondition.NONE, false, TIMEOUT, "");
    }

    private Durability durability() {
      return switch (kind) {
        case HistoryChecker.QUORUM ->
            sabotage == Sabotage.QUORUM_WRITES_DO_NOT_WAIT
                ? Durability.LOCAL
                : random.nextInt(4) == 0 ? Durability.ALL : Durability.QUORUM;
        case LOOSE -> Durability.values()[random.nextInt(Durability.values().length)];
        default -> random.nextInt(4) == 0 ? Durability.REMOTE_APPLY : Durability.LOCAL;
      };
    }

    private ReadOptions reads() {
      return new ReadOptions(level(), token, kind.equals(LOOSE) && random.nextBoolean(), TIMEOUT);
    }

    private ConsistencyLevel level() {
      boolean anything =
          switch (kind) {
            case HistoryChecker.SESSION -> sabotage == Sabotage.SESSIONS_ARE_FORGOTTEN;
            case HistoryChecker.BOUNDED -> sabotage == Sabotage.BOUNDED_READS_DO_NOT_WAIT;
            case HistoryChecker.QUORUM -> sabotage == Sabotage.QUORUM_READS_ASK_NOBODY;
            default -> random.nextBoolean();
          };
      if (anything) {
        return new ConsistencyLevel.Eventual();
      }
      return switch (kind) {
        case HistoryChecker.SESSION -> new ConsistencyLevel.Session();
        case HistoryChecker.BOUNDED -> new ConsistencyLevel.Bounded(BOUND);
        default -> new ConsistencyLevel.Quorum();
      };
    }

    /** A session takes along what it has seen, whoever answered. */
    private void remember(Answer answer) {
      if (kind.equals(HistoryChecker.SESSION) && sabotage != Sabotage.SESSIONS_ARE_FORGOTTEN) {
        token = SessionToken.parse(answer.session().text());
      }
    }
  }

  /** What a client waits for. */
  private final class Request {
    private final Client client;
    private final ReplicaId region;
    private final DocumentId key;
    private final int number;
    private final long startNanos = cluster.time().nanos();
    private Scheduler.Timer timer = () -> {};

    Request(Client client, ReplicaId region, DocumentId key, int number) {
      this.client = client;
      this.region = region;
      this.key = key;
      this.number = number;
    }

    void looked(CompletionStage<Documents.Lookup> stage) {
      stage.whenComplete(
          (found, failure) -> {
            if (isOver(failure)) {
              return;
            }
            client.read =
                found.stored().filter(StoredDocument::isLive).map(StoredDocument::revision);
            note(Kind.READ, key, version(found.stored()), true);
            client.remember(found.answer());
          });
    }

    private static String version(Optional<StoredDocument> stored) {
      return stored.map(each -> each.version().toString()).orElse("");
    }

    /** The same as a read of the one document, if it is live; that it is not says nothing. */
    void list(Documents documents) {
      Documents.ListRequest request =
          new Documents.ListRequest(key.value(), 1, Optional.empty(), Optional.empty());
      documents
          .list(COLLECTION, request, client.reads())
          .whenComplete(
              (page, failure) -> {
                if (isOver(failure)) {
                  return;
                }
                page.documents()
                    .forEach(each -> note(Kind.READ, each.id(), each.version().toString(), true));
                client.remember(page.answer());
              });
    }

    void written(CompletionStage<Documents.WriteResult> stage) {
      stage.whenComplete(
          (done, failure) -> {
            if (!isOver(failure)) {
              note(Kind.WRITE, key, done.version().toString(), done.unconfirmed().isEmpty());
              client.remember(done.answer());
            }
          });
    }

    void bulk(Documents documents, WriteOptions options) {
      List<Documents.BulkOperation> operations = new ArrayList<>();
      Set<DocumentId> keys = new HashSet<>();
      for (int i = 0; i < 1 + random.nextInt(KEYS); i++) {
        DocumentId id = new DocumentId("k" + random.nextInt(KEYS));
        if (keys.add(id)) {
          operations.add(new Documents.BulkOperation.Put(id, client.body(), Precondition.NONE));
        }
      }
      documents
          .bulk(COLLECTION, operations, options)
          .whenComplete(
              (done, failure) -> {
                if (isOver(failure)) {
                  return;
                }
                for (int i = 0; i < operations.size(); i++) {
                  if (done.outcomes().get(i) instanceof Documents.BulkOutcome.Written written) {
                    note(Kind.WRITE, operations.get(i).id(), written.version().toString(), true);
                  }
                }
                client.remember(done.answer());
              });
    }

    private void note(Kind what, DocumentId id, String version, boolean confirmed) {
      if (!client.kind.equals(LOOSE)) {
        long now = cluster.time().nanos();
        timeline.accept(
            client.name
                + " asked "
                + region
                + (what == Kind.READ ? " and read " : " and wrote ")
                + id
                + " as "
                + (version.isEmpty() ? "nothing" : version)
                + (confirmed ? "" : ", not confirmed"));
        ops.add(
            new Op(
                client.name, what, client.kind, id.value(), version, startNanos, now, confirmed));
      }
    }

    void givenUp() {
      if (isAwaited()) {
        refused.merge("no answer", 1, Integer::sum);
        client.waits = false;
      }
    }

    private static StoreFailure failure(Throwable thrown) {
      Throwable cause = thrown;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof StoreFailure failure) {
        return failure;
      }
      throw new AssertionError("a failure that is none of the store's: " + cause, cause);
    }

    private boolean isAwaited() {
      return client.waits && client.requests == number;
    }

    /** True when there is nothing to be noted: it failed, or nobody waits for it any more. */
    private boolean isOver(@Nullable Throwable failure) {
      if (!isAwaited()) {
        return true;
      }
      timer.cancel();
      client.waits = false;
      if (failure == null) {
        answered++;
        return false;
      }
      StoreFailure why = failure(failure);
      boolean mistake = why instanceof StoreFailure.CallerMistake && !MISTAKES.contains(why.code());
      boolean fault = why instanceof StoreFailure.Fault && !cluster.isAiling(region);
      if (mistake || fault) {
        throw new AssertionError(client.name + " in " + region + " got " + why, why);
      }
      refused.merge(why.code().text(), 1, Integer::sum);
      return true;
    }
  }
}
