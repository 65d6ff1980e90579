package dev.meridian.node;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Health of this node. None of it depends on a peer: a region that is cut off goes on working. */
@Singleton
class HealthChecks {

  @Inject NodeState state;
  @Inject Node node;

  /** Up once the log is replayed. */
  @Produces
  @Singleton
  @Startup
  HealthCheck started() {
    return () ->
        HealthCheckResponse.named("started")
            .status(
                state.stage() == NodeState.Stage.RUNNING
                    || state.stage() == NodeState.Stage.STOPPING)
            .withData("progress", state.progress())
            .build();
  }

  /** Up while reads and writes are taken. */
  @Produces
  @Singleton
  @Readiness
  HealthCheck ready() {
    return () ->
        HealthCheckResponse.named("ready")
            .status(state.stage() == NodeState.Stage.RUNNING && node.acceptsWrites())
            .withData("stage", state.stage().name())
            .build();
  }

  /** Down only when a restart would help: the log failed, and nothing but a restart reopens it. */
  @Produces
  @Singleton
  @Liveness
  HealthCheck live() {
    return () ->
        HealthCheckResponse.named("live")
            .status(state.stage() != NodeState.Stage.RUNNING || node.acceptsWrites())
            .build();
  }
}
