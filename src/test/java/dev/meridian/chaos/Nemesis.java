package dev.meridian.chaos;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Breaks regions by chance: each fault lasts some seconds, up to two regions are broken at once,
 * and in between all is well for a moment. One thread.
 */
final class Nemesis {

  private static final int MOST_AT_ONCE = 2;
  private static final long MOST_REST_MILLIS = 4_000;
  private static final long LEAST_FAULT_MILLIS = 1_000;
  private static final long MOST_FAULT_MILLIS = 9_000;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ChaosCluster cluster;
  private final History history;
  private final RandomGenerator random;
  private final List<Fault> faults;
  private final Consumer<String> tell;
  private final Map<String, Broken> broken = new HashMap<>();
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

  private record Broken(Fault fault, long untilNanos) {}

  Nemesis(
      ChaosCluster cluster,
      History history,
      RandomGenerator random,
      List<Fault> wanted,
      Consumer<String> tell) {
    this.cluster = cluster;
    this.history = history;
    this.random = random;
    this.tell = tell;
    faults = wanted.stream().filter(fault -> fault.isPossible(cluster)).toList();
    wanted.stream()
        .filter(fault -> !faults.contains(fault))
        .forEach(fault -> tell.accept("not possible here: " + fault.text()));
  }

  /** Breaks and mends until the time is over; then all is well. */
  void run(long untilNanos) {
    long next = System.nanoTime();
    while (System.nanoTime() - untilNanos < 0) {
      long now = System.nanoTime();
      if (!faults.isEmpty() && broken.size() < MOST_AT_ONCE && now - next >= 0) {
        begin(now);
        next = now + TimeUnit.MILLISECONDS.toNanos(random.nextLong(MOST_REST_MILLIS));
      }
      endThoseDue(now);
      LockSupport.parkNanos(LOOK_NANOS);
    }
    List.copyOf(broken.keySet()).forEach(this::end);
  }

  private void begin(long now) {
    List<String> names = cluster.names();
    String region = names.get(random.nextInt(names.size()));
    if (broken.containsKey(region)) {
      return;
    }
    Fault fault = faults.get(random.nextInt(faults.size()));
    long millis = random.nextLong(LEAST_FAULT_MILLIS, MOST_FAULT_MILLIS);
    broken.put(region, new Broken(fault, now + TimeUnit.MILLISECONDS.toNanos(millis)));
    counts.merge(fault, 1, Integer::sum);
    try {
      String what = fault.begin(cluster, region, random);
      history.nemesis(fault.text(), JsonNodeFactory.instance.textNode(what), region);
      tell.accept(region + " " + fault.text() + ": " + what);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void endThoseDue(long now) {
    List<String> due =
        broken.entrySet().stream()
            .filter(each -> now - each.getValue().untilNanos() >= 0)
            .map(Map.Entry::getKey)
            .toList();
    due.forEach(this::end);
  }

  private void end(String region) {
    Fault fault = broken.get(region).fault();
    try {
      fault.end(cluster, region);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    broken.remove(region);
    history.nemesis("end-" + fault.text(), JsonNodeFactory.instance.nullNode(), region);
    tell.accept(region + " " + fault.text() + " is over");
  }

  /** How often each fault happened. */
  Map<Fault, Integer> counts() {
    return counts;
  }
}
