package dev.meridian.repair;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CopyStore;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** One repair with one peer, from the first question to its report. */
final class PairRepair {

  private static final System.Logger LOG = System.getLogger(PairRepair.class.getName());
  private static final Duration ASK_AGAIN_FIRST = Duration.ofMillis(10);
  private static final Duration ASK_AGAIN_AT_MOST = Duration.ofMillis(500);

  private final ReplicaId peer;
  private final CopyStore store;
  private final Versions versions;
  private final Steps steps;
  private final Wire wire;
  private final Checks checks;
  private final RepairSettings settings;
  private final WallClock clock;
  private final boolean look;
  private final String reason;
  private final long startedMillis;
  private final List<CollectionRepair> collections = new CopyOnWriteArrayList<>();
  private final CompletableFuture<RepairReport> done = new CompletableFuture<>();
  private volatile String doing = "asking the peer";
  private volatile int compared;
  private volatile int toCompare;

  /** A collection of which something differs. */
  private record Differing(CollectionName name, boolean settings) {}

  PairRepair(
      ReplicaId peer,
      CopyStore store,
      Versions versions,
      Steps steps,
      Wire wire,
      Checks checks,
      RepairSettings settings,
      WallClock clock,
      boolean look,
      String reason) {
    this.peer = peer;
    this.store = store;
    this.versions = versions;
    this.steps = steps;
    this.wire = wire;
    this.checks = checks;
    this.settings = settings;
    this.clock = clock;
    this.look = look;
    this.reason = reason;
    this.startedMillis = clock.millis();
  }

  /** Never fails; the report says what did. */
  CompletionStage<RepairReport> done() {
    return done;
  }

  void cancel() {
    wire.cancel();
  }

  void start() {
    (look ? look() : CompletableFuture.<Void>completedFuture(null))
        .thenCompose(looked -> patiently(() -> roots(true)))
        .thenCompose(theirs -> steps.begin(() -> compare(theirs.roots())))
        .whenComplete((nothing, failure) -> end(Optional.ofNullable(failure).map(Steps::cause)));
  }

  private CompletionStage<RepairMessage.Roots> roots(boolean starts) {
    return wire.ask(new RepairMessage.AskRoots(starts), RepairMessage.Roots.class);
  }

  /** Asks again while the peer cannot now. */
  private <T> CompletionStage<T> patiently(Supplier<CompletionStage<T>> question) {
    return patiently(question, ASK_AGAIN_FIRST, clock.nanos());
  }

  private <T> CompletionStage<T> patiently(
      Supplier<CompletionStage<T>> question, Duration pause, long sinceNanos) {
    return question
        .get()
        .exceptionallyCompose(
            failure -> {
              boolean passes =
                  Steps.cause(failure) instanceof StoreFailure
                      && !wire.isCancelled()
                      && clock.nanos() - sinceNanos < settings.patience().toNanos();
              return passes
                  ? wire.after(pause)
                      .thenCompose(over -> patiently(question, longer(pause), sinceNanos))
                  : CompletableFuture.failedFuture(Steps.cause(failure));
            });
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(ASK_AGAIN_AT_MOST) > 0 ? ASK_AGAIN_AT_MOST : doubled;
  }

  /** Both look through their own data at the same time. */
  private CompletionStage<Void> look() {
    doing = "looking through the data of both regions";
    CompletionStage<Integer> own = checks.run();
    return patiently(() -> checked(true, ASK_AGAIN_FIRST))
        .thenCompose(theirs -> own)
        .thenApply(amiss -> null);
  }

  private CompletionStage<RepairMessage.Checked> checked(boolean start, Duration pause) {
    return wire.ask(new RepairMessage.AskCheck(start), RepairMessage.Checked.class)
        .thenCompose(
            state ->
                state.running()
                    ? wire.after(pause).thenCompose(over -> checked(false, longer(pause)))
                    : CompletableFuture.completedFuture(state));
  }

  private CompletionStage<Void> compare(List<RepairMessage.Root> theirs) {
    Map<CollectionName, RepairMessage.Root> others = new TreeMap<>();
    theirs.forEach(root -> others.put(root.name(), root));
    List<Differing> differing = new ArrayList<>();
    List<RepairMessage.Root> ours = Roots.of(store);
    for (RepairMessage.Root own : ours) {
      RepairMessage.Root other = others.remove(own.name());
      boolean settingsDiffer = own.settings() != (other == null ? 0 : other.settings());
      if (settingsDiffer || own.digest() != (other == null ? 0 : other.digest())) {
        differing.add(new Differing(own.name(), settingsDiffer));
      }
    }
    others.values().stream()
        .filter(other -> other.settings() != 0 || other.digest() != 0)
        .forEach(other -> differing.add(new Differing(other.name(), other.settings() != 0)));
    toCompare = ours.size() + others.size();
    compared = toCompare - differing.size();
    return next(differing);
  }

  private CompletionStage<Void> next(List<Differing> differing) {
    if (differing.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Differing first = differing.getFirst();
    doing = "comparing '" + first.name() + "'";
    CollectionRepair repair =
        new CollectionRepair(first.name(), peer, store, versions, steps, wire, settings);
    collections.add(repair);
    return repair
        .run(first.settings())
        .thenCompose(
            mended -> {
              compared++;
              return next(differing.subList(1, differing.size()));
            });
  }

  private void end(Optional<Throwable> failure) {
    RepairReport.State state =
        failure.isEmpty()
            ? RepairReport.State.DONE
            : wire.isCancelled() ? RepairReport.State.CANCELLED : RepairReport.State.FAILED;
    RepairReport report = report(state, failure);
    long mended =
        report.collections().stream().mapToLong(each -> each.sent() + each.received()).sum();
    LOG.log(
        mended > 0 || state == RepairReport.State.FAILED
            ? System.Logger.Level.WARNING
            : System.Logger.Level.DEBUG,
        "event=repair peer={0} state={1} mended={2} bytes={3} {4}",
        peer,
        state,
        Long.toString(mended),
        Long.toString(report.bytesIn() + report.bytesOut()),
        report.failure().orElse(""));
    done.complete(report);
  }

  /** How far it is. Any thread. */
  RepairReport report() {
    return report(RepairReport.State.RUNNING, Optional.empty());
  }

  private RepairReport report(RepairReport.State state, Optional<Throwable> failure) {
    boolean over = state != RepairReport.State.RUNNING;
    return new RepairReport(
        peer,
        state,
        reason,
        startedMillis,
        over ? clock.millis() : 0,
        over ? "" : doing,
        failure.map(PairRepair::words),
        compared,
        toCompare,
        collections.stream().map(CollectionRepair::report).toList(),
        wire.bytesOut(),
        wire.bytesIn());
  }

  private static String words(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
