package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.RegionState;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Scheduler;
import dev.meridian.env.WallClock;
import dev.meridian.repair.AntiEntropy;
import dev.meridian.repair.CollectionReport;
import dev.meridian.repair.ProofReport;
import dev.meridian.repair.RepairReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Repairs of this region, by themselves and when somebody asks. Thread-safe. */
public final class RegionRepairs implements Repairs {

  /** A scheduled repair begins by so much of the period earlier or later. */
  private static final double JITTER = 0.2;

  private static final ProofStatus NO_PROOF =
      new ProofStatus(
          "never",
          "",
          "",
          "",
          "",
          List.of(),
          List.of(),
          Bytes.utf8("{\"state\":\"never\",\"collections\":[]}"));

  private final Topology topology;
  private final AntiEntropy repair;
  private final Function<ReplicaId, RegionState> states;
  private final Schedule schedule;
  private final Function<Bytes, String> sign;
  private final WallClock clock;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Map<ReplicaId, Long> nextMillis = new ConcurrentHashMap<>();
  private final Map<ReplicaId, Long> lookedNanos = new ConcurrentHashMap<>();

  /** The last one with each peer, which is counted once. */
  private final Map<ReplicaId, CompletionStage<RepairReport>> underWay = new ConcurrentHashMap<>();

  private final Map<ReplicaId, Long> sameMillis = new ConcurrentHashMap<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private Scheduler.Timer proving = () -> {};
  private volatile boolean stopped;

  /**
   * When repairs begin by themselves.
   *
   * @param every with each peer; zero for never
   * @param lookEvery after so long both look through their own data first; zero for never
   * @param proveEvery how often it is proved that all regions are the same; zero for never
   */
  public record Schedule(Duration every, Duration lookEvery, Duration proveEvery) {}

  /**
   * @param states how a peer seems: one that is down is not asked
   * @param sign the signature of a proof
   */
  public RegionRepairs(
      Topology topology,
      AntiEntropy repair,
      Function<ReplicaId, RegionState> states,
      Schedule schedule,
      Function<Bytes, String> sign,
      WallClock clock,
      Scheduler scheduler,
      RandomGenerator random) {
    this.topology = topology;
    this.repair = repair;
    this.states = states;
    this.schedule = schedule;
    this.sign = sign;
    this.clock = clock;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** Begins with the schedule. */
  public void start() {
    if (!schedule.every().isZero()) {
      for (Region peer : topology.peers()) {
        lookedNanos.put(peer.id(), clock.nanos());
        plan(peer.id());
      }
    }
    if (!schedule.proveEvery().isZero() && !topology.peers().isEmpty()) {
      proving = scheduler.every(schedule.proveEvery(), repair::prove);
    }
  }

  /** Ends what is under way. */
  public void stop() {
    stopped = true;
    proving.cancel();
    repair.stop();
  }

  private void plan(ReplicaId peer) {
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    Duration pause = Duration.ofNanos((long) (schedule.every().toNanos() * factor));
    nextMillis.put(peer, clock.millis() + pause.toMillis());
    scheduler.after(pause, () -> due(peer));
  }

  private void due(ReplicaId peer) {
    if (stopped) {
      return;
    }
    if (states.apply(peer) == RegionState.DOWN) {
      plan(peer);
      return;
    }
    Duration since = Duration.ofNanos(clock.nanos() - lookedNanos.get(peer));
    boolean look = !schedule.lookEvery().isZero() && since.compareTo(schedule.lookEvery()) >= 0;
    begin(peer, look, "schedule").thenRun(() -> plan(peer));
  }

  private CompletionStage<RepairReport> begin(ReplicaId peer, boolean look, String reason) {
    CompletionStage<RepairReport> done = repair.repair(peer, look, reason);
    boolean isUnderWay = underWay.put(peer, done) == done;
    return isUnderWay ? done : done.whenComplete((report, never) -> count(report, look));
  }

  private void count(RepairReport report, boolean looked) {
    if (looked && report.state() == RepairReport.State.DONE) {
      lookedNanos.put(report.peer(), clock.nanos());
    }
    bytes.add(report.bytesIn() + report.bytesOut());
    for (CollectionReport each : report.collections()) {
      sent.add(each.sent());
      received.add(each.received());
    }
    switch (report.state()) {
      case DONE -> sameMillis.put(report.peer(), report.endedMillis());
      case FAILED -> failures.increment();
      case RUNNING, CANCELLED -> {}
    }
  }

  @Override
  public RepairStatus start(Optional<String> peer, boolean look, String reason) {
    peers(peer).forEach(id -> begin(id, look, reason));
    return status();
  }

  private List<ReplicaId> peers(Optional<String> wanted) {
    List<ReplicaId> all = topology.peers().stream().map(Region::id).toList();
    List<ReplicaId> found =
        all.stream()
            .filter(id -> wanted.map(name -> name.equals(id.value())).orElse(true))
            .toList();
    if (found.isEmpty()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.PEER_NOT_FOUND,
          wanted.isPresent()
              ? "this region has no such peer"
              : "this region has no peer to compare with");
    }
    return found;
  }

  @Override
  public void cancel(Optional<String> peer) {
    peers(peer).forEach(repair::cancel);
  }

  @Override
  public RepairStatus status() {
    List<RepairStatus> all = repair.reports().stream().map(RegionRepairs::status).toList();
    RepairStatus first =
        all.isEmpty()
            ? new RepairStatus(
                "never", null, null, null, null, null, null, 0, 0, List.of(), 0, 0, null, null)
            : all.getFirst();
    return new RepairStatus(
        first.state(),
        first.peer(),
        first.reason(),
        first.startedAt(),
        first.endedAt(),
        first.doing(),
        first.detail(),
        first.compared(),
        first.toCompare(),
        first.collections(),
        first.bytesOut(),
        first.bytesIn(),
        all.stream().skip(1).toList(),
        new RepairStatus.Schedule(
            schedule.every().toMillis(),
            schedule.lookEvery().toMillis(),
            new TreeMap<>(nextMillis)
                .entrySet().stream()
                    .map(
                        each ->
                            new RepairStatus.Next(each.getKey().value(), instant(each.getValue())))
                    .toList()));
  }

  private static RepairStatus status(RepairReport report) {
    return new RepairStatus(
        report.state().name().toLowerCase(Locale.ROOT),
        report.peer().value(),
        report.reason(),
        instant(report.startedMillis()),
        report.endedMillis() == 0 ? null : instant(report.endedMillis()),
        report.doing().isEmpty() ? null : report.doing(),
        report.failure().orElse(null),
        report.compared(),
        report.toCompare(),
        report.collections().stream().map(RegionRepairs::collection).toList(),
        report.bytesOut(),
        report.bytesIn(),
        null,
        null);
  }

  private static RepairStatus.Collection collection(CollectionReport report) {
    return new RepairStatus.Collection(
        report.name().value(),
        report.leaves(),
        report.differing(),
        report.keys(),
        report.underWay(),
        report.sent(),
        report.received(),
        report.bytesOut(),
        report.bytesIn());
  }

  private static String instant(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  @Override
  public ProofStatus prove() {
    repair.prove();
    return proof();
  }

  @Override
  public ProofStatus proof() {
    return repair.proof().map(this::proof).orElse(NO_PROOF);
  }

  private ProofStatus proof(ProofReport report) {
    return new ProofStatus(
        report.state().name().toLowerCase(Locale.ROOT),
        instant(report.asOf().millis()),
        report.endedMillis() == 0 ? "" : instant(report.endedMillis()),
        report.doing(),
        report.failure().orElse(""),
        report.regions().stream().map(ReplicaId::value).toList(),
        report.collections().stream().map(RegionRepairs::proved).toList(),
        ProofJson.render(report, sign));
  }

  private static Proved proved(ProofReport.Compared compared) {
    return new Proved(
        compared.name().value(),
        compared.count(),
        compared.untold(),
        compared.differing().stream()
            .map(each -> new Differs(each.id(), ProofJson.hexadecimal(each.checksums())))
            .toList());
  }

  @Override
  public CompletionStage<Trees> compare(String peer, CollectionName collection) {
    ReplicaId id = peers(Optional.of(peer)).getFirst();
    return repair
        .compare(id, collection)
        .thenApply(
            found -> {
              Map<Integer, List<String>> documents = new TreeMap<>();
              found
                  .documents()
                  .forEach(
                      (document, part) ->
                          documents
                              .computeIfAbsent(part, unused -> new ArrayList<>())
                              .add(document.value()));
              return new Trees(
                  found.ours(), found.theirs(), found.parts().stream().boxed().toList(), documents);
            });
  }

  /** Versions that peers lacked, since the start. */
  public long sent() {
    return sent.sum();
  }

  /** Versions that were lacking here, since the start. */
  public long received() {
    return received.sum();
  }

  /** Bytes of questions and answers, since the start. */
  public long bytes() {
    return bytes.sum();
  }

  /** Repairs that could not be done, since the start. */
  public long failures() {
    return failures.sum();
  }

  /** Wall time in ms when the last repair with a peer ended well; 0 for never since the start. */
  public long lastDone(ReplicaId peer) {
    return sameMillis.getOrDefault(peer, 0L);
  }
}
