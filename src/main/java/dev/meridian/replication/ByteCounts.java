package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Bytes by peer, since the start. Thread-safe; peers are those of the topology. */
final class ByteCounts {

  private final Map<ReplicaId, LongAdder> peers = new ConcurrentHashMap<>();

  void add(ReplicaId peer, long bytes) {
    peers.computeIfAbsent(peer, unused -> new LongAdder()).add(bytes);
  }

  long of(ReplicaId peer) {
    LongAdder count = peers.get(peer);
    return count == null ? 0 : count.sum();
  }
}
