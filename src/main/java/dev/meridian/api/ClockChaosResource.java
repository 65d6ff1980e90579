package dev.meridian.api;

import dev.meridian.coordinator.Chaos;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A wall clock that is wrong on purpose, where that is allowed. */
@Path("/v1/chaos/clock")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Chaos")
@NonBlocking
public class ClockChaosResource {

  private static final long HOUR_MILLIS = 3_600_000;

  private static final RequestJson<ClockRequest> JSON =
      new RequestJson<>(
          ClockRequest.class,
          "the body has offsetMs (a number, up to an hour after or before the true time) and forMs"
              + " (1 to 3600000, if wanted), and nothing else");

  private final Chaos chaos;
  private final ApiSettings settings;

  @Inject
  ClockChaosResource(Chaos chaos, ApiSettings settings) {
    this.chaos = chaos;
    this.settings = settings;
  }

  /** How wrong, and for how long. */
  public static final class ClockRequest {
    public long offsetMs;
    public long forMs = 60_000;
  }

  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Set this region's wall clock wrong",
      description =
          "offsetMs is how far after the true time, or before it when negative. It is right again"
              + " after forMs, or when that is asked for. 403 unless meridian.chaos.enabled=true.")
  public Response put(byte[] body) {
    chaos.requireEnabled();
    ClockRequest request = JSON.read(body);
    if (Math.abs(request.offsetMs) > HOUR_MILLIS
        || request.offsetMs == Long.MIN_VALUE
        || request.forMs < 1
        || request.forMs > HOUR_MILLIS) {
      throw JSON.mistake();
    }
    Chaos.ClockFault set =
        chaos.setClock(
            new Chaos.ClockFault(
                Duration.ofMillis(request.offsetMs), Duration.ofMillis(request.forMs)));
    return Response.ok(new ClockAnswer(set.offset().toMillis(), set.duration().toMillis()))
        .header(Answers.REGION, settings.region())
        .build();
  }

  @DELETE
  @Operation(summary = "Set this region's wall clock right")
  public Response delete() {
    chaos.clearClock();
    return Response.noContent().header(Answers.REGION, settings.region()).build();
  }

  /** What the clock is set to now. */
  public record ClockAnswer(long offsetMs, long forMs) {}
}
