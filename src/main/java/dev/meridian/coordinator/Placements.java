package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.StoredDocument;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.DocumentStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Which regions a document lives in, by the settings that are known here. Thread-safe. */
final class Placements {

  private final DocumentStore store;
  private final Function<CollectionState, CollectionSettings> settings;

  /**
   * Where a write belongs.
   *
   * @param placement the regions that hold the body
   * @param moves true when the document may have lived elsewhere before: a majority of all regions
   *     has to know of the version then, so that a quorum read finds it wherever it looks
   * @param hints whether other regions may hold the body for those that are down
   */
  record Target(Placement placement, boolean moves, boolean hints) {
    static final Target EVERYWHERE = new Target(Placement.EVERYWHERE, false, false);
  }

  Placements(DocumentStore store, Function<CollectionState, CollectionSettings> settings) {
    this.store = store;
    this.settings = settings;
  }

  private PlacementRules rules(CollectionName collection) {
    return settings.apply(store.collection(collection)).placement();
  }

  Target ofPut(CollectionName collection, DocumentId id, Bytes body) {
    PlacementRules rules = rules(collection);
    return rules.isEverywhere()
        ? Target.EVERYWHERE
        : new Target(rules.of(id, body), rules.isByField(), rules.hints());
  }

  /** True when where a deletion or a patch belongs depends on what there is. */
  boolean dependsOnPrior(CollectionName collection) {
    return rules(collection).isByField();
  }

  /**
   * Where a deletion or a patch belongs.
   *
   * @param prior the version before; only needed when it {@link #dependsOnPrior}
   */
  Target ofPrior(CollectionName collection, DocumentId id, Optional<StoredDocument> prior) {
    PlacementRules rules = rules(collection);
    if (rules.isEverywhere()) {
      return Target.EVERYWHERE;
    }
    Placement placement =
        prior
            .filter(each -> rules.isByField() && each.isLive())
            .map(each -> each.change().placement())
            .orElseGet(() -> rules.of(id));
    return new Target(placement, rules.isByField(), rules.hints());
  }

  /** The regions of which a majority knows the newest version that was confirmed by a quorum. */
  Placement deciding(CollectionName collection, DocumentId id) {
    PlacementRules rules = rules(collection);
    return rules.isByField() ? Placement.EVERYWHERE : rules.of(id);
  }

  /** The same for all documents of a collection. */
  List<Placement> deciding(CollectionName collection) {
    PlacementRules rules = rules(collection);
    return rules.isByField() ? List.of(Placement.EVERYWHERE) : List.copyOf(rules.all());
  }
}
