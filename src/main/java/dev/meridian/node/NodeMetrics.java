package dev.meridian.node;

import dev.meridian.clock.ReplicaId;
import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.replication.LinkSnapshot;
import dev.meridian.replication.Replication;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The engine's figures as metrics. Reading them takes no lock that a write would wait for. */
final class NodeMetrics {

  private NodeMetrics() {}

  static void register(
      MeterRegistry registry, LogStructuredEngine engine, Replication replication) {
    for (LinkSnapshot link : replication.links()) {
      link(registry, replication, link.from(), "pending", LinkSnapshot::pendingChanges);
      link(registry, replication, link.from(), "lag.p50.ms", snapshot -> snapshot.lag().p50());
      link(registry, replication, link.from(), "lag.p99.ms", snapshot -> snapshot.lag().p99());
      link(registry, replication, link.from(), "staleness.ms", LinkSnapshot::stalenessMillis);
      link(registry, replication, link.from(), "retries", LinkSnapshot::retries);
      link(registry, replication, link.from(), "bytes.in", LinkSnapshot::bytesIn);
    }
    gauge(registry, engine, "meridian.log.bytes", "Bytes of the log", EngineStats::logBytes);
    gauge(registry, engine, "meridian.log.segments", "Segments of the log", EngineStats::segments);
    gauge(
        registry,
        engine,
        "meridian.log.lsn.durable",
        "Last log position on disk",
        stats -> stats.durableLsn().value());
    gauge(
        registry,
        engine,
        "meridian.log.lsn.checkpoint",
        "Last log position whose effect is in the tables",
        stats -> stats.checkpoint().value());
    gauge(
        registry,
        engine,
        "meridian.log.force.p50.ms",
        "Median time of a recent force to disk",
        EngineStats::forceP50Millis);
    gauge(
        registry,
        engine,
        "meridian.log.force.p99.ms",
        "99th percentile of the recent forces to disk",
        EngineStats::forceP99Millis);
    gauge(
        registry,
        engine,
        "meridian.writer.queued",
        "Mutations waiting for the writer",
        EngineStats::queuedMutations);
    gauge(
        registry,
        engine,
        "meridian.reads.waiting",
        "Reads waiting for a change to arrive",
        EngineStats::waitingReaders);
    gauge(
        registry,
        engine,
        "meridian.memtable.bytes",
        "Heap taken by changes that are in no table yet",
        EngineStats::memtableBytes);
    gauge(registry, engine, "meridian.tables", "Tables on disk", EngineStats::tables);
    gauge(
        registry, engine, "meridian.tables.bytes", "Bytes of the tables", EngineStats::tableBytes);
    gauge(
        registry,
        engine,
        "meridian.writer.stalls",
        "Times the writer waited for a table to be written",
        EngineStats::stalls);
  }

  /** A figure of the link from one peer; its name is a tag. */
  private static void link(
      MeterRegistry registry,
      Replication replication,
      ReplicaId from,
      String name,
      ToDoubleFunction<LinkSnapshot> figure) {
    Gauge.builder(
            "meridian.link." + name,
            replication,
            all ->
                all.links().stream()
                    .filter(link -> link.from().equals(from))
                    .mapToDouble(figure)
                    .sum())
        .description("Of the link from a peer: " + name)
        .tag("from", from.value())
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry,
      LogStructuredEngine engine,
      String name,
      String description,
      ToDoubleFunction<EngineStats> figure) {
    Gauge.builder(name, engine, e -> figure.applyAsDouble(e.stats()))
        .description(description)
        .register(registry);
  }
}
