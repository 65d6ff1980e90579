package dev.meridian.node;

import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The engine's figures as metrics. Reading them takes no lock that a write would wait for. */
final class NodeMetrics {

  private NodeMetrics() {}

  static void register(MeterRegistry registry, LogStructuredEngine engine) {
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
