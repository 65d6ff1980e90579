package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.RecentTimes;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Transport;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.WallClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks other regions about their copies. A stage fails when there was no answer, or none that can
 * be used. Thread-safe.
 */
final class ReplicaClient {

  /** What a question is allowed for the way, beyond the time the other region may take. */
  private static final Duration WAY = Duration.ofMillis(50);

  private final Transport transport;
  private final WallClock clock;
  private final Map<ReplicaId, RecentTimes> times = new ConcurrentHashMap<>();

  ReplicaClient(Transport transport, WallClock clock) {
    this.transport = transport;
    this.clock = clock;
  }

  CompletionStage<ReplicaAnswer> ask(Region peer, ReplicaQuestion question, Duration timeout) {
    long start = clock.nanos();
    return transport
        .ask(peer, ReplicaCodecV1.encode(question), timeout)
        .thenApply(
            bytes -> {
              ReplicaAnswer answer = ReplicaCodecV1.answer(bytes);
              if (question instanceof ReplicaQuestion.Digest) {
                times(peer.id()).record(clock.nanos() - start);
              }
              return answer;
            });
  }

  CompletionStage<ReplicaAnswer.Digest> digest(
      Region peer, ReplicaQuestion.Digest question, Duration timeout) {
    return ask(peer, question, timeout)
        .thenApply(
            answer -> {
              if (answer instanceof ReplicaAnswer.Digest digest) {
                return digest;
              }
              throw unexpected(answer);
            });
  }

  /** Waits until the peer has {@code wanted}, as long as it may; tells what it has then. */
  CompletionStage<VersionVector> cover(Region peer, VersionVector wanted, Duration timeout) {
    int millis = (int) Math.max(0, timeout.minus(WAY).toMillis());
    return ask(peer, new ReplicaQuestion.Cover(wanted, millis), timeout)
        .thenApply(
            answer -> {
              if (answer instanceof ReplicaAnswer.Vector(VersionVector vector)) {
                return vector;
              }
              throw unexpected(answer);
            });
  }

  /** How long digests of this peer took lately. */
  RecentTimes times(ReplicaId peer) {
    return times.computeIfAbsent(peer, unused -> new RecentTimes());
  }

  static StoreFailure unexpected(ReplicaAnswer answer) {
    return answer instanceof ReplicaAnswer.Failed(FailureCode code, String detail)
        ? new StoreFailure.Unavailable(code, detail)
        : new StoreFailure.Unavailable(
            FailureCode.CONSISTENCY_UNAVAILABLE, "a region answered something else");
  }
}
