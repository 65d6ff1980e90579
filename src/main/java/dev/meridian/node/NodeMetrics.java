package dev.meridian.node;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.PeerHealth;
import dev.meridian.coordinator.GuaranteeStats;
import dev.meridian.engine.Damage;
import dev.meridian.engine.EngineStats;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.HintedHandoff.Held;
import dev.meridian.replication.LagPercentiles;
import dev.meridian.replication.LagWindows;
import dev.meridian.replication.LinkFigures;
import dev.meridian.replication.LinkSnapshot;
import dev.meridian.replication.Replication;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The engine's figures as metrics. Reading them takes no lock that a write would wait for. */
final class NodeMetrics {

  private NodeMetrics() {}

  static void register(MeterRegistry registry, LogStructuredEngine engine, RegionParts parts) {
    Replication replication = parts.replication();
    guarantees(registry, parts);
    Gauge.builder("meridian.pauses", replication, Replication::ownPauses)
        .description("Times this process stood still for longer than a peer may be silent")
        .register(registry);
    for (LinkSnapshot link : replication.links()) {
      link(registry, replication, link.from(), "pending", LinkSnapshot::pendingChanges);
      link(registry, replication, link.from(), "pending.bytes", LinkSnapshot::pendingBytes);
      lag(registry, replication, link.from(), "minute", LagWindows::minute);
      lag(registry, replication, link.from(), "ten-minutes", LagWindows::tenMinutes);
      lag(registry, replication, link.from(), "total", LagWindows::total);
      figure(registry, replication, link.from(), "bytes.out", all -> all.sent().changes());
      figure(registry, replication, link.from(), "wire.bytes.in", LinkFigures::wireBytesIn);
      figure(registry, replication, link.from(), "wire.bytes.out", all -> all.sent().wire());
      figure(
          registry,
          replication,
          link.from(),
          "wire.change.bytes.out",
          all -> all.sent().wireChanges());
      figure(
          registry,
          replication,
          link.from(),
          "paused",
          all -> all.pausedSinceMillis() == 0 ? 0 : 1);
      figure(registry, replication, link.from(), "queued", LinkFigures::queued);
      figure(registry, replication, link.from(), "applied.rate", LinkFigures::appliedPerSecond);
      figure(registry, replication, link.from(), "clock.error.ms", LinkFigures::clockErrorMillis);
      link(registry, replication, link.from(), "clock.offset.ms", LinkSnapshot::clockOffsetMillis);
      peer(registry, replication, link.from(), "state", health -> health.state().ordinal());
      peer(registry, replication, link.from(), "phi", PeerHealth::phi);
      peer(registry, replication, link.from(), "transitions", PeerHealth::transitions);
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
        stats -> stats.forces().p50Millis());
    gauge(
        registry,
        engine,
        "meridian.log.force.p99.ms",
        "99th percentile of the recent forces to disk",
        stats -> stats.forces().p99Millis());
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
    gauge(registry, engine, "meridian.tables", "Tables on disk", stats -> stats.tables().size());
    gauge(
        registry, engine, "meridian.tables.bytes", "Bytes of the tables", EngineStats::tableBytes);
    gauge(
        registry,
        engine,
        "meridian.writer.stalls",
        "Times the writer waited for a table to be written",
        EngineStats::stalls);
    gauge(
        registry,
        engine,
        "meridian.writer.stalled.ms",
        "How long the writer waited and paused for tables, in sum",
        EngineStats::stalledMillis);
    gauge(
        registry,
        engine,
        "meridian.merge.debt.bytes",
        "Bytes of the tables beyond the number at which neighbours are merged",
        stats -> stats.merge().debtBytes());
    gauge(
        registry,
        engine,
        "meridian.merge.written.bytes",
        "Bytes of tables written, merges included",
        stats -> stats.merge().writtenBytes());
    gauge(
        registry,
        engine,
        "meridian.merge.flushed.bytes",
        "Bytes of changes, uncompressed, that became tables",
        stats -> stats.merge().flushedBytes());
    gauge(
        registry,
        engine,
        "meridian.cache.bytes",
        "Heap of the cache of documents read from tables",
        stats -> stats.cache().bytes());
    gauge(
        registry,
        engine,
        "meridian.cache.hits",
        "Look-ups that the cache answered",
        stats -> stats.cache().hits());
    gauge(
        registry,
        engine,
        "meridian.cache.misses",
        "Look-ups that the cache could not answer",
        stats -> stats.cache().misses());
    gauge(
        registry,
        engine,
        "meridian.damages",
        "Files found damaged since the start and not mended",
        stats -> stats.damages().stream().filter(d -> d.state() != Damage.State.REBUILT).count());
  }

  private static void guarantees(MeterRegistry registry, RegionParts parts) {
    guarantee(registry, parts, "requests.waiting", GuaranteeStats::requestsWaiting);
    guarantee(registry, parts, "writes.waiting", GuaranteeStats::writesWaiting);
    guarantee(registry, parts, "writes.refused", GuaranteeStats::writesRefused);
    guarantee(registry, parts, "writes.unknown", GuaranteeStats::writesUnknown);
    guarantee(registry, parts, "acks.ignored", GuaranteeStats::acksIgnored);
    guarantee(registry, parts, "hedges", GuaranteeStats::hedges);
    guarantee(registry, parts, "repairs.before", GuaranteeStats::repairsBefore);
    guarantee(registry, parts, "repairs.after", GuaranteeStats::repairsAfter);
    guarantee(registry, parts, "repairs.skipped", GuaranteeStats::repairsSkipped);
    guarantee(registry, parts, "divergences", GuaranteeStats::divergences);
    guarantee(registry, parts, "changes.fetched", GuaranteeStats::changesFetched);
    guarantee(registry, parts, "questions.open", GuaranteeStats::questionsOpen);
    guarantee(registry, parts, "writes.forwarded", GuaranteeStats::writesForwarded);
    guarantee(registry, parts, "bodies.fetched", GuaranteeStats::bodiesFetched);
    guarantee(registry, parts, "bodies.missed", GuaranteeStats::bodiesMissed);
    hint(registry, parts, "held", hints -> hints.held().stream().mapToLong(Held::changes).sum());
    hint(registry, parts, "bytes", hints -> hints.held().stream().mapToLong(Held::bytes).sum());
    hint(registry, parts, "refused", HintedHandoff::refused);
    hint(registry, parts, "handed.over", HintedHandoff::handedOver);
    hint(registry, parts, "damaged", HintedHandoff::damaged);
  }

  private static void hint(
      MeterRegistry registry,
      RegionParts parts,
      String name,
      ToDoubleFunction<HintedHandoff> figure) {
    Gauge.builder("meridian.hints." + name, parts, p -> figure.applyAsDouble(p.hints()))
        .description("Of changes kept for regions that are down: " + name)
        .register(registry);
  }

  /** What a figure means is said where it is kept. */
  private static void guarantee(
      MeterRegistry registry,
      RegionParts parts,
      String name,
      ToDoubleFunction<GuaranteeStats> figure) {
    Gauge.builder("meridian.guarantee." + name, parts, p -> figure.applyAsDouble(p.guarantees()))
        .description("What the guarantees of requests cost: " + name)
        .register(registry);
  }

  private static void figure(
      MeterRegistry registry,
      Replication replication,
      ReplicaId from,
      String name,
      ToDoubleFunction<LinkFigures> figure) {
    link(registry, replication, from, name, link -> figure.applyAsDouble(link.figures()));
  }

  /** How a peer seems: 0 is up, 1 suspect, 2 down. */
  private static void peer(
      MeterRegistry registry,
      Replication replication,
      ReplicaId peer,
      String name,
      ToDoubleFunction<PeerHealth> figure) {
    Gauge.builder("meridian.peer." + name, replication, r -> figure.applyAsDouble(r.health(peer)))
        .description("Of a peer, as its signs of life tell: " + name)
        .tag("peer", peer.value())
        .register(registry);
  }

  /** Lag of a window, and how its targets burn. */
  private static void lag(
      MeterRegistry registry,
      Replication replication,
      ReplicaId from,
      String window,
      Function<LagWindows, LagPercentiles> lags) {
    List<ToDoubleFunction<LagPercentiles>> percentiles =
        List.of(
            LagPercentiles::p50, LagPercentiles::p95, LagPercentiles::p99, LagPercentiles::p999);
    for (int i = 0; i < percentiles.size(); i++) {
      int target = i;
      String percentile = List.of("p50", "p95", "p99", "p999").get(i);
      Tags tags = Tags.of("from", from.value(), "window", window);
      window(
          registry, replication, from, "lag." + percentile + ".ms", tags, lags, percentiles.get(i));
      window(
          registry,
          replication,
          from,
          "slo.burn",
          tags.and("percentile", percentile),
          lags,
          lag -> lag.burn(target));
    }
  }

  private static void window(
      MeterRegistry registry,
      Replication replication,
      ReplicaId from,
      String name,
      Tags tags,
      Function<LagWindows, LagPercentiles> lags,
      ToDoubleFunction<LagPercentiles> figure) {
    Gauge.builder(
            "meridian.link." + name,
            replication,
            all ->
                all.linkFrom(from)
                    .map(link -> figure.applyAsDouble(lags.apply(link.lag())))
                    .orElse(Double.NaN))
        .description("Of the link from a peer: " + name)
        .tags(tags)
        .register(registry);
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
            all -> all.linkFrom(from).map(figure::applyAsDouble).orElse(Double.NaN))
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
