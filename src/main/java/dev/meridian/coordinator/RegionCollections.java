package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Topology;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.PlacementRules;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.LogStructuredEngine;
import dev.meridian.engine.Mutation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Collections of this region. Thread-safe. */
public final class RegionCollections implements Collections {

  private final Topology topology;
  private final LogStructuredEngine engine;
  private final KnownSettings settings;
  private final WriteCoordinator writes;
  private final OpenConflicts conflicts;

  public RegionCollections(
      Topology topology,
      LogStructuredEngine engine,
      KnownSettings settings,
      RegionDocuments documents,
      OpenConflicts conflicts) {
    this.topology = topology;
    this.engine = engine;
    this.settings = settings;
    this.writes = documents.writes();
    this.conflicts = conflicts;
  }

  @Override
  public List<CollectionInfo> list() {
    return engine.collections().stream().map(this::info).toList();
  }

  @Override
  public Optional<CollectionInfo> find(CollectionName name) {
    CollectionState state = engine.collection(name);
    return state.exists() ? Optional.of(info(state)) : Optional.empty();
  }

  @Override
  public CompletionStage<Configured> configure(
      CollectionName name, Bytes settingsJson, WriteOptions options) {
    Bytes canonical;
    try {
      CollectionSettings asked = CollectionSettingsJson.parse(settingsJson);
      checkRegions(asked.placement());
      canonical = CollectionSettingsJson.render(asked);
    } catch (StoreFailure refused) {
      return CompletableFuture.failedFuture(refused);
    }
    return writes
        .structural(new Mutation.Configure(name, canonical, options.traceparent()), options)
        .thenApply(
            done ->
                new Configured(
                    done.created(),
                    info(engine.collection(name)),
                    done.answer(),
                    done.unconfirmed()));
  }

  /** Documents must not be sent where there is nobody. */
  private void checkRegions(PlacementRules placement) {
    for (Placement set : placement.all()) {
      for (ReplicaId region : set.regions()) {
        if (!region.equals(topology.self().id()) && topology.peer(region).isEmpty()) {
          throw new StoreFailure.CallerMistake(
              FailureCode.INVALID_REQUEST,
              "'placement' names region '"
                  + region
                  + "', and the regions of this cluster are "
                  + Stream.concat(Stream.of(topology.self()), topology.peers().stream())
                      .map(each -> each.id().value())
                      .collect(Collectors.joining(", ")));
        }
      }
    }
  }

  @Override
  public CompletionStage<Dropped> drop(CollectionName name, WriteOptions options) {
    return writes
        .structural(new Mutation.Drop(name, options.traceparent()), options)
        .thenApply(done -> new Dropped(done.answer(), done.unconfirmed()));
  }

  private CollectionInfo info(CollectionState state) {
    CollectionSettings inForce = settings.apply(state);
    return new CollectionInfo(
        state.name(),
        inForce,
        CollectionSettingsJson.render(inForce),
        state.count(),
        state.bytes(),
        conflicts.of(state),
        state.firstMillis());
  }
}
