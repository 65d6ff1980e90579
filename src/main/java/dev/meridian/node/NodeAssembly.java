package dev.meridian.node;

import dev.meridian.api.ApiSettings;
import dev.meridian.coordinator.Chaos;
import dev.meridian.coordinator.ClusterView;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Drills;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.coordinator.Repairs;
import dev.meridian.coordinator.Storage;
import dev.meridian.document.JsonLimits;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ClientProxy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Hands the parts of the node to the API and the console. Each is a proxy, so that it can be
 * injected before the node has started.
 */
@ApplicationScoped
class NodeAssembly {

  /** What belongs to one life of the region. */
  private static final List<Class<?>> OF_A_LIFE =
      List.of(
          Documents.class,
          Collections.class,
          Conflicts.class,
          ClusterView.class,
          History.class,
          Storage.class,
          LinkControl.class,
          Repairs.class,
          Drills.class,
          Chaos.class);

  @Inject Node node;
  @Inject NodeConfig config;

  @ConfigProperty(name = "quarkus.application.version")
  String version;

  /** Has everything made now, so that nothing of this life is made during the next one. */
  static void produceAll() {
    OF_A_LIFE.forEach(type -> ClientProxy.unwrap(Arc.container().instance(type).get()));
  }

  /** Whoever was handed something of an earlier life finds that of the present one in its place. */
  static void produceAnew() {
    OF_A_LIFE.forEach(type -> Arc.container().instance(type).destroy());
  }

  @Produces
  @ApplicationScoped
  Documents documents() {
    return node.parts().documents();
  }

  @Produces
  @ApplicationScoped
  Collections collections() {
    return node.parts().collections();
  }

  @Produces
  @ApplicationScoped
  Conflicts conflicts() {
    return node.parts().conflicts();
  }

  @Produces
  @ApplicationScoped
  ClusterView cluster() {
    return node.parts().cluster();
  }

  @Produces
  @ApplicationScoped
  History history() {
    return node.parts().history();
  }

  @Produces
  @ApplicationScoped
  Storage storage() {
    return node.parts().storage();
  }

  @Produces
  @ApplicationScoped
  LinkControl links() {
    return node.parts().links();
  }

  @Produces
  @ApplicationScoped
  Repairs repairs() {
    return node.parts().repairs();
  }

  @Produces
  @ApplicationScoped
  Drills drills() {
    return node.parts().drills();
  }

  @Produces
  @ApplicationScoped
  Chaos chaos() {
    return node.parts().chaos();
  }

  @Produces
  @Singleton
  ApiSettings api() {
    return new ApiSettings(config.region(), version, jsonLimits());
  }

  @Produces
  @Singleton
  JsonLimits jsonLimits() {
    return SettingsCheck.json(config);
  }

  @Produces
  @Singleton
  Threads threads() {
    return node.environment();
  }

  @Produces
  @Singleton
  Scheduler scheduler() {
    return node.environment();
  }

  @Produces
  @Singleton
  WallClock wallClock() {
    return node.environment();
  }

  @Produces
  @Singleton
  RandomGenerator random() {
    return node.environment().random();
  }
}
