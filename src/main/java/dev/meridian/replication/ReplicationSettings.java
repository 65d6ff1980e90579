package dev.meridian.replication;

import java.time.Duration;

/**
 * How links behave.
 *
 * @param heartbeat how often a region says how far it is when it has nothing else to say, 10 ms to
 *     10 s. Shorter costs messages; longer makes bounded reads wait and faults be seen later
 * @param silence a stream without any message for so long is broken; at least three heartbeats, or
 *     each hiccup costs a new stream
 * @param relayAfter a direct link that is silent for so long is replaced by the others, and one
 *     that works for so long is trusted again
 * @param retryPause between attempts to apply what the store refused
 * @param blockedLimit a change may wait so long for its causes while nothing else arrives; then the
 *     stream starts anew from where this region is
 * @param maxBatchChanges the most changes in one message, at most 4096
 * @param maxBatchBytes the most bytes of changes in one message, unless a single one is larger
 * @param window the most messages on their way to or in a link; together with {@code maxBatchBytes}
 *     the memory a link takes. Too small and a distant peer's stream waits for round trips
 * @param maxInFlightBatches the most batches handed to the store and not answered
 * @param lagTargets what the lag of each link is measured against
 */
public record ReplicationSettings(
    Duration heartbeat,
    Duration silence,
    Duration relayAfter,
    Duration retryPause,
    Duration blockedLimit,
    int maxBatchChanges,
    int maxBatchBytes,
    int window,
    int maxInFlightBatches,
    LagTargets lagTargets) {

  public ReplicationSettings {
    check(heartbeat.toMillis() >= 10 && heartbeat.toSeconds() <= 10, "heartbeat", heartbeat);
    check(silence.compareTo(heartbeat.multipliedBy(3)) >= 0, "silence", silence);
    check(relayAfter.compareTo(heartbeat.multipliedBy(3)) >= 0, "relayAfter", relayAfter);
    check(retryPause.toMillis() >= 10, "retryPause", retryPause);
    check(blockedLimit.toMillis() >= 10, "blockedLimit", blockedLimit);
    check(maxBatchChanges > 0 && maxBatchChanges <= 4096, "maxBatchChanges", maxBatchChanges);
    check(maxBatchBytes > 0 && maxBatchBytes <= 4 << 20, "maxBatchBytes", maxBatchBytes);
    check(window >= 2 && window <= 256, "window", window);
    check(maxInFlightBatches > 0, "maxInFlightBatches", maxInFlightBatches);
  }

  public static ReplicationSettings defaults() {
    return new ReplicationSettings(
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        512,
        256 << 10,
        16,
        4,
        LagTargets.defaults());
  }

  /** The same with another heartbeat, and what is measured in heartbeats along with it. */
  public ReplicationSettings withHeartbeat(Duration heartbeat) {
    Duration ten = heartbeat.multipliedBy(10);
    return new ReplicationSettings(
        heartbeat,
        ten,
        ten,
        retryPause,
        blockedLimit,
        maxBatchChanges,
        maxBatchBytes,
        window,
        maxInFlightBatches,
        lagTargets);
  }

  /** The same with other targets. */
  public ReplicationSettings withLagTargets(LagTargets targets) {
    return new ReplicationSettings(
        heartbeat,
        silence,
        relayAfter,
        retryPause,
        blockedLimit,
        maxBatchChanges,
        maxBatchBytes,
        window,
        maxInFlightBatches,
        targets);
  }

  private static void check(boolean holds, String name, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("out of bounds: " + name + "=" + value);
    }
  }
}
