package dev.meridian.coordinator;

import java.time.Duration;

/** What a read asks for. */
public sealed interface ConsistencyLevel {

  /** The level in the words of the request header, with its parameter. */
  default String text() {
    return switch (this) {
      case Eventual eventual -> "eventual";
      case Session session -> "session";
      case Bounded(Duration bound) -> "bounded;max-staleness=" + bound.toMillis();
      case Quorum quorum -> "quorum";
      case Strong strong -> "strong";
    };
  }

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
