package dev.meridian.console;

import dev.meridian.coordinator.ClusterStatus.LagMillis;
import dev.meridian.coordinator.LinkDetail.Lag;
import java.util.Optional;
import java.util.stream.Stream;

/** Which part of a link's lag is looked at; each has an objective of its own. */
enum Percentile {
  P50("p50", "p50"),
  P95("p95", "p95"),
  P99("p99", "p99"),
  P999("p999", "p99.9");

  private final String key;
  private final String text;

  Percentile(String key, String text) {
    this.key = key;
    this.text = text;
  }

  /** As in an address, and as the region at the end of a link calls it. */
  String key() {
    return key;
  }

  /** For a person. */
  String text() {
    return text;
  }

  static Optional<Percentile> of(String key) {
    return Stream.of(values()).filter(each -> each.key.equals(key)).findFirst();
  }

  double of(LagMillis lag) {
    return switch (this) {
      case P50 -> lag.p50();
      case P95 -> lag.p95();
      case P99 -> lag.p99();
      case P999 -> lag.p999();
    };
  }

  double of(Lag lag) {
    return switch (this) {
      case P50 -> lag.p50();
      case P95 -> lag.p95();
      case P99 -> lag.p99();
      case P999 -> lag.p999();
    };
  }
}
