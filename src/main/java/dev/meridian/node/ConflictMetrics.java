package dev.meridian.node;

import dev.meridian.document.CollectionName;
import dev.meridian.engine.CollectionState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Conflicts by collection. Those of the first collections that have any get a tag of their own, all
 * others share one: a collection costs no memory of the monitoring unless it is one of these.
 */
final class ConflictMetrics {

  /** Collections with figures of their own. */
  private static final int MAX_COLLECTIONS = 100;

  /** No collection can be called so. */
  private static final String OTHERS = "(others)";

  private final MeterRegistry registry;
  private final Node node;
  private final Set<CollectionName> own = ConcurrentHashMap.newKeySet();

  /** Once for all lives of the region. */
  ConflictMetrics(MeterRegistry registry, Node node) {
    this.registry = registry;
    this.node = node;
    register(OTHERS, () -> others(this::open), () -> others(ConflictMetrics::remembered));
  }

  /** Looks for collections that have conflicts now. To be called every few seconds. */
  void refresh() {
    for (CollectionState collection : node.engine().collections()) {
      boolean has = remembered(collection) > 0;
      if (has && own.size() < MAX_COLLECTIONS && own.add(collection.name())) {
        CollectionName name = collection.name();
        register(
            name.value(),
            () -> open(node.engine().collection(name)),
            () -> remembered(node.engine().collection(name)));
      }
    }
  }

  private long open(CollectionState collection) {
    return node.parts().openConflicts().of(collection);
  }

  private static long remembered(CollectionState collection) {
    return collection.concurrency().conflicts();
  }

  private long others(ToLongFunction<CollectionState> figure) {
    return node.engine().collections().stream()
        .filter(each -> !own.contains(each.name()))
        .mapToLong(figure)
        .sum();
  }

  /** A figure as it is now. */
  private interface Figure {
    long now();
  }

  private void register(String collection, Figure waiting, Figure all) {
    Gauge.builder("meridian.conflicts.open", node, unused -> waiting.now())
        .description("Conflicts that wait for a client to decide")
        .tag("collection", collection)
        .register(registry);
    FunctionCounter.builder("meridian.conflicts", node, unused -> all.now())
        .description("Conflicts that are remembered, decided or not")
        .tag("collection", collection)
        .register(registry);
  }
}
