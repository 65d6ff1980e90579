package dev.meridian.node;

import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Documents;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;

/**
 * Hands the parts of the node to the API and the console. Each is a proxy, so that it can be
 * injected before the node has started.
 */
@ApplicationScoped
class NodeAssembly {

  @Inject Node node;

  @Produces
  @ApplicationScoped
  Documents documents() {
    return node.documents();
  }

  @Produces
  @ApplicationScoped
  Collections collections() {
    return node.collections();
  }
}
