package dev.meridian.node;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns requests about data away, clearly, while the node starts or stops. Health, metrics and the
 * API's description answer all the time.
 */
class ReadinessGate {

  private static final int PRIORITY = 10_000;
  private static final Set<String> WRITES = Set.of("PUT", "POST", "PATCH", "DELETE");
  private static final Pattern DOCUMENTS = Pattern.compile("/v1/collections/[^/]+/docs(/[^/]*)?");
  private static final int SERVICE_UNAVAILABLE = 503;

  @Inject NodeState state;
  @Inject NodeConfig config;

  void register(@Observes Filters filters) {
    filters.register(this::gate, PRIORITY);
  }

  /** Of documents: what it answers does not depend on what is missing, but for preconditions. */
  private static boolean isWrite(String method, String path) {
    return WRITES.contains(method) && DOCUMENTS.matcher(path).matches();
  }

  private void gate(RoutingContext context) {
    String path = context.request().path();
    // Peers must be heard while a region fetches back what it lost.
    boolean data = path.startsWith("/v1");
    boolean filling = state.stage() == NodeState.Stage.FILLING;
    boolean asPeer =
        (filling || state.stage() == NodeState.Stage.RECOVERING) && path.equals("/v1/cluster");
    boolean isWrite = filling && isWrite(context.request().method().name(), path);
    if (!data || asPeer || isWrite || state.stage() == NodeState.Stage.RUNNING) {
      context.next();
      return;
    }
    String detail =
        state.stage() == NodeState.Stage.STOPPING
            ? "the region is stopping"
            : "the region is starting: " + state.progress();
    context
        .response()
        .setStatusCode(SERVICE_UNAVAILABLE)
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("Retry-After", "1")
        .putHeader("Meridian-Region", config.region())
        .end(
            "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\""
                + detail
                + "\",\"code\":\"not-ready\",\"retryable\":true,\"region\":\""
                + config.region()
                + "\"}");
  }
}
