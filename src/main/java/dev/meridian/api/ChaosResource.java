package dev.meridian.api;

import dev.meridian.coordinator.Chaos;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Faults on purpose, where they are allowed. */
@Path("/v1/chaos/links/{peer}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Chaos")
@NonBlocking
public class ChaosResource {

  private static final RequestJson<LinkRequest> JSON =
      new RequestJson<>(
          LinkRequest.class,
          "the body has drop (true or false), delayMs, jitterMs, lossPercent, forMs (numbers) and"
              + " direction (both, in or out), and nothing else");

  private final Chaos chaos;
  private final Validator validator;
  private final ApiSettings settings;

  @Inject
  ChaosResource(Chaos chaos, Validator validator, ApiSettings settings) {
    this.chaos = chaos;
    this.validator = validator;
    this.settings = settings;
  }

  /** What to do to the link; what is left out does nothing. */
  public static final class LinkRequest {
    public boolean drop;

    @Min(0)
    @Max(60_000)
    public long delayMs;

    @Min(0)
    @Max(60_000)
    public long jitterMs;

    @Min(0)
    @Max(100)
    public int lossPercent;

    @Pattern(regexp = "both|in|out")
    public String direction = "both";

    @Min(1)
    @Max(3_600_000)
    public long forMs = 60_000;
  }

  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Put a fault on the link to a peer",
      description =
          "Acts on this region's traffic with the peer until it is taken away or its time is over."
              + " 403 unless meridian.chaos.enabled=true.")
  public Response put(@RestPath String peer, byte[] body) {
    chaos.requireEnabled();
    LinkRequest request = JSON.read(body);
    Set<ConstraintViolation<LinkRequest>> violations = validator.validate(request);
    if (!violations.isEmpty()) {
      throw RequestJson.invalid(
          violations.stream()
              .map(each -> "'" + each.getPropertyPath() + "' " + each.getMessage())
              .sorted()
              .collect(Collectors.joining("; ")));
    }
    Chaos.LinkFault set =
        chaos.set(
            peer,
            new Chaos.LinkFault(
                request.drop,
                Duration.ofMillis(request.delayMs),
                Duration.ofMillis(request.jitterMs),
                request.lossPercent,
                Chaos.Direction.valueOf(request.direction.toUpperCase(Locale.ROOT)),
                Duration.ofMillis(request.forMs)));
    return Response.ok(answer(peer, set)).header(Answers.REGION, settings.region()).build();
  }

  @DELETE
  @Operation(summary = "Take the fault off the link to a peer")
  public Response delete(@RestPath String peer) {
    chaos.clear(peer);
    return Response.noContent().header(Answers.REGION, settings.region()).build();
  }

  private static LinkAnswer answer(String peer, Chaos.LinkFault fault) {
    return new LinkAnswer(
        peer,
        fault.drop(),
        fault.delay().toMillis(),
        fault.jitter().toMillis(),
        fault.lossPercent(),
        fault.direction().name().toLowerCase(Locale.ROOT),
        fault.duration().toMillis());
  }

  /** The fault that is on the link now. */
  public record LinkAnswer(
      String peer,
      boolean drop,
      long delayMs,
      long jitterMs,
      int lossPercent,
      String direction,
      long forMs) {}
}
