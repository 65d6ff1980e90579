package dev.meridian.node;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.PeerHealth;
import dev.meridian.coordinator.GuaranteeStats;
import dev.meridian.coordinator.RegionRepairs;
import dev.meridian.engine.Damage;
import dev.meridian.engine.EngineStats;
import dev.meridian.replication.HintedHandoff;
import dev.meridian.replication.HintedHandoff.Held;
import dev.meridian.replication.LagPercentiles;
import dev.meridian.replication.LagWindows;
import dev.meridian.replication.LinkFigures;
import dev.meridian.replication.LinkSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The region's figures as metrics. Reading them takes no lock that a write would wait for. */
final class NodeMetrics {

  private NodeMetrics() {}

  /** Once for all lives of the region. */
  static void register(MeterRegistry registry, Node node) {
    guarantees(registry, node);
    Gauge.builder("meridian.pauses", node, n -> n.parts().replication().ownPauses())
        .description("Times this process stood still for longer than a peer may be silent")
        .register(registry);
    for (LinkSnapshot link : node.parts().replication().links()) {
      link(registry, node, link.from(), "pending", LinkSnapshot::pendingChanges);
      link(registry, node, link.from(), "pending.bytes", LinkSnapshot::pendingBytes);
      lag(registry, node, link.from(), "minute", LagWindows::minute);
      lag(registry, node, link.from(), "ten-minutes", LagWindows::tenMinutes);
      lag(registry, node, link.from(), "total", LagWindows::total);
      figure(registry, node, link.from(), "bytes.out", all -> all.sent().changes());
      figure(registry, node, link.from(), "wire.bytes.in", LinkFigures::wireBytesIn);
      figure(registry, node, link.from(), "wire.bytes.out", all -> all.sent().wire());
      figure(registry, node, link.from(), "wire.change.bytes.out", all -> all.sent().wireChanges());
      figure(registry, node, link.from(), "paused", all -> all.pausedSinceMillis() == 0 ? 0 : 1);
      figure(registry, node, link.from(), "queued", LinkFigures::queued);
      figure(registry, node, link.from(), "applied.rate", LinkFigures::appliedPerSecond);
      figure(registry, node, link.from(), "clock.error.ms", LinkFigures::clockErrorMillis);
      link(registry, node, link.from(), "clock.offset.ms", LinkSnapshot::clockOffsetMillis);
      peer(registry, node, link.from(), "state", health -> health.state().ordinal());
      peer(registry, node, link.from(), "phi", PeerHealth::phi);
      peer(registry, node, link.from(), "transitions", PeerHealth::transitions);
      link(registry, node, link.from(), "staleness.ms", LinkSnapshot::stalenessMillis);
      link(registry, node, link.from(), "retries", LinkSnapshot::retries);
      link(registry, node, link.from(), "bytes.in", LinkSnapshot::bytesIn);
    }
    repairs(registry, node);
    gauge(registry, node, "meridian.log.bytes", "Bytes of the log", EngineStats::logBytes);
    gauge(registry, node, "meridian.log.segments", "Segments of the log", EngineStats::segments);
    gauge(
        registry,
        node,
        "meridian.log.lsn.durable",
        "Last log position on disk",
        stats -> stats.durableLsn().value());
    gauge(
        registry,
        node,
        "meridian.log.lsn.checkpoint",
        "Last log position whose effect is in the tables",
        stats -> stats.checkpoint().value());
    gauge(
        registry,
        node,
        "meridian.log.force.p50.ms",
        "Median time of a recent force to disk",
        stats -> stats.forces().p50Millis());
    gauge(
        registry,
        node,
        "meridian.log.force.p99.ms",
        "99th percentile of the recent forces to disk",
        stats -> stats.forces().p99Millis());
    gauge(
        registry,
        node,
        "meridian.writer.queued",
        "Mutations waiting for the writer",
        EngineStats::queuedMutations);
    gauge(
        registry,
        node,
        "meridian.writer.queued.bytes",
        "Bytes of the mutations waiting for the writer",
        EngineStats::queuedBytes);
    gauge(
        registry,
        node,
        "meridian.reads.waiting",
        "Reads waiting for a change to arrive",
        EngineStats::waitingReaders);
    gauge(
        registry,
        node,
        "meridian.memtable.bytes",
        "Heap taken by changes that are in no table yet",
        EngineStats::memtableBytes);
    gauge(registry, node, "meridian.tables", "Tables on disk", stats -> stats.tables().size());
    gauge(registry, node, "meridian.tables.bytes", "Bytes of the tables", EngineStats::tableBytes);
    gauge(
        registry,
        node,
        "meridian.writer.stalls",
        "Times the writer waited for a table to be written",
        EngineStats::stalls);
    gauge(
        registry,
        node,
        "meridian.writer.stalled.ms",
        "How long the writer waited and paused for tables, in sum",
        EngineStats::stalledMillis);
    gauge(
        registry,
        node,
        "meridian.merge.debt.bytes",
        "Bytes of the tables beyond the number at which neighbours are merged",
        stats -> stats.merge().debtBytes());
    gauge(
        registry,
        node,
        "meridian.merge.written.bytes",
        "Bytes of tables written, merges included",
        stats -> stats.merge().writtenBytes());
    gauge(
        registry,
        node,
        "meridian.merge.flushed.bytes",
        "Bytes of changes, uncompressed, that became tables",
        stats -> stats.merge().flushedBytes());
    gauge(
        registry,
        node,
        "meridian.cache.bytes",
        "Heap of the cache of documents read from tables",
        stats -> stats.cache().bytes());
    gauge(
        registry,
        node,
        "meridian.cache.hits",
        "Look-ups that the cache answered",
        stats -> stats.cache().hits());
    gauge(
        registry,
        node,
        "meridian.cache.misses",
        "Look-ups that the cache could not answer",
        stats -> stats.cache().misses());
    gauge(
        registry,
        node,
        "meridian.damages",
        "Files found damaged since the start and not mended",
        stats -> stats.damages().stream().filter(d -> d.state() != Damage.State.REBUILT).count());
  }

  private static void guarantees(MeterRegistry registry, Node node) {
    guarantee(registry, node, "requests.waiting", GuaranteeStats::requestsWaiting);
    guarantee(registry, node, "writes.waiting", GuaranteeStats::writesWaiting);
    guarantee(registry, node, "writes.refused", GuaranteeStats::writesRefused);
    guarantee(registry, node, "writes.unknown", GuaranteeStats::writesUnknown);
    guarantee(registry, node, "acks.ignored", GuaranteeStats::acksIgnored);
    guarantee(registry, node, "hedges", GuaranteeStats::hedges);
    guarantee(registry, node, "repairs.before", GuaranteeStats::repairsBefore);
    guarantee(registry, node, "repairs.after", GuaranteeStats::repairsAfter);
    guarantee(registry, node, "repairs.skipped", GuaranteeStats::repairsSkipped);
    guarantee(registry, node, "divergences", GuaranteeStats::divergences);
    guarantee(registry, node, "changes.fetched", GuaranteeStats::changesFetched);
    guarantee(registry, node, "questions.open", GuaranteeStats::questionsOpen);
    guarantee(registry, node, "writes.forwarded", GuaranteeStats::writesForwarded);
    guarantee(registry, node, "bodies.fetched", GuaranteeStats::bodiesFetched);
    guarantee(registry, node, "bodies.missed", GuaranteeStats::bodiesMissed);
    hint(registry, node, "held", hints -> hints.held().stream().mapToLong(Held::changes).sum());
    hint(registry, node, "bytes", hints -> hints.held().stream().mapToLong(Held::bytes).sum());
    hint(registry, node, "refused", HintedHandoff::refused);
    hint(registry, node, "handed.over", HintedHandoff::handedOver);
    hint(registry, node, "damaged", HintedHandoff::damaged);
  }

  private static void hint(
      MeterRegistry registry, Node node, String name, ToDoubleFunction<HintedHandoff> figure) {
    Gauge.builder("meridian.hints." + name, node, n -> figure.applyAsDouble(n.parts().hints()))
        .description("Of changes kept for regions that are down: " + name)
        .register(registry);
  }

  /** What a figure means is said where it is kept. */
  private static void guarantee(
      MeterRegistry registry, Node node, String name, ToDoubleFunction<GuaranteeStats> figure) {
    Gauge.builder(
            "meridian.guarantee." + name, node, n -> figure.applyAsDouble(n.parts().guarantees()))
        .description("What the guarantees of requests cost: " + name)
        .register(registry);
  }

  private static void figure(
      MeterRegistry registry,
      Node node,
      ReplicaId from,
      String name,
      ToDoubleFunction<LinkFigures> figure) {
    link(registry, node, from, name, link -> figure.applyAsDouble(link.figures()));
  }

  /** How a peer seems: 0 is up, 1 suspect, 2 down. */
  private static void peer(
      MeterRegistry registry,
      Node node,
      ReplicaId peer,
      String name,
      ToDoubleFunction<PeerHealth> figure) {
    Gauge.builder(
            "meridian.peer." + name,
            node,
            n -> figure.applyAsDouble(n.parts().replication().health(peer)))
        .description("Of a peer, as its signs of life tell: " + name)
        .tag("peer", peer.value())
        .register(registry);
  }

  /** Lag of a window, and how its targets burn. */
  private static void lag(
      MeterRegistry registry,
      Node node,
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
      window(registry, node, from, "lag." + percentile + ".ms", tags, lags, percentiles.get(i));
      window(
          registry,
          node,
          from,
          "slo.burn",
          tags.and("percentile", percentile),
          lags,
          lag -> lag.burn(target));
    }
  }

  private static void window(
      MeterRegistry registry,
      Node node,
      ReplicaId from,
      String name,
      Tags tags,
      Function<LagWindows, LagPercentiles> lags,
      ToDoubleFunction<LagPercentiles> figure) {
    Gauge.builder(
            "meridian.link." + name,
            node,
            n ->
                n.parts()
                    .replication()
                    .linkFrom(from)
                    .map(link -> figure.applyAsDouble(lags.apply(link.lag())))
                    .orElse(Double.NaN))
        .description("Of the link from a peer: " + name)
        .tags(tags)
        .register(registry);
  }

  /** A figure of the link from one peer; its name is a tag. */
  private static void link(
      MeterRegistry registry,
      Node node,
      ReplicaId from,
      String name,
      ToDoubleFunction<LinkSnapshot> figure) {
    Gauge.builder(
            "meridian.link." + name,
            node,
            n ->
                n.parts()
                    .replication()
                    .linkFrom(from)
                    .map(figure::applyAsDouble)
                    .orElse(Double.NaN))
        .description("Of the link from a peer: " + name)
        .tag("from", from.value())
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry,
      Node node,
      String name,
      String description,
      ToDoubleFunction<EngineStats> figure) {
    Gauge.builder(name, node, n -> figure.applyAsDouble(n.engine().stats()))
        .description(description)
        .register(registry);
  }

  private static void repairs(MeterRegistry registry, Node node) {
    counter(registry, node, "meridian.repair.sent", "Versions peers lacked", RegionRepairs::sent);
    counter(
        registry,
        node,
        "meridian.repair.received",
        "Versions that were lacking here",
        RegionRepairs::received);
    counter(
        registry,
        node,
        "meridian.repair.bytes",
        "Bytes of questions and answers of repairs",
        RegionRepairs::bytes);
    counter(
        registry,
        node,
        "meridian.repair.failures",
        "Repairs that could not be done",
        RegionRepairs::failures);
    for (LinkSnapshot link : node.parts().replication().links()) {
      Gauge.builder(
              "meridian.repair.last.seconds",
              node,
              n -> n.parts().repairs().lastDone(link.from()) / 1000.0)
          .description("When the last repair with a peer ended well, in Unix seconds")
          .tags(Tags.of("peer", link.from().value()))
          .register(registry);
    }
  }

  private static void counter(
      MeterRegistry registry,
      Node node,
      String name,
      String description,
      ToDoubleFunction<RegionRepairs> figure) {
    FunctionCounter.builder(name, node, n -> figure.applyAsDouble(n.parts().repairs()))
        .description(description)
        .register(registry);
  }
}
