package dev.meridian.coordinator;

import java.time.Duration;

/** What a read asks for. */
public sealed interface ConsistencyLevel {

  /** Whatever is here, at once; a consistent prefix, as changes apply in causal order. */
  record Eventual() implements ConsistencyLevel {}

  /** At least what the session token covers. */
  record Session() implements ConsistencyLevel {}

  /** Nothing older than {@code maxStaleness}. */
  record Bounded(Duration maxStaleness) implements ConsistencyLevel {}

  /** What a majority of the replicas agrees on. */
  record Quorum() implements ConsistencyLevel {}

  /** Linearizable. */
  record Strong() implements ConsistencyLevel {}
}
