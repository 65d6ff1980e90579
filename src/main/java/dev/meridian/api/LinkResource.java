package dev.meridian.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Links between regions, as an operator holds and resumes them. */
@Path("/v1/cluster/links/{peer}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Cluster")
@NonBlocking
public class LinkResource {

  private static final ObjectReader JSON =
      new ObjectMapper(JsonDocument.json().copy())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .readerFor(LinkRequest.class);

  private final LinkControl links;
  private final ApiSettings settings;

  @Inject
  LinkResource(LinkControl links, ApiSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  /** What the link shall do. */
  public static final class LinkRequest {
    public Boolean paused;
  }

  /** What it does. */
  public record LinkAnswer(String from, String to, boolean paused) {}

  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Pause or resume the link from a peer",
      description =
          "While paused this region reads nothing from the peer; other regions may relay its"
              + " changes, and the peer goes on reading from here. Nothing is lost: the link goes on"
              + " from where it stood. Lasts until it is resumed or this region restarts.")
  public Response put(@RestPath String peer, byte[] body) {
    LinkRequest request = read(body);
    links.pause(peer, request.paused);
    return Response.ok(new LinkAnswer(peer, settings.region(), request.paused))
        .header(Answers.REGION, settings.region())
        .build();
  }

  private static LinkRequest read(byte[] body) {
    Bytes checked = JsonDocument.compact(new Bytes(body), JsonLimits.DEFAULTS);
    try {
      LinkRequest request = JSON.readValue(checked.array(), checked.offset(), checked.length());
      if (request.paused != null) {
        return request;
      }
    } catch (IOException wrong) {
      // told below
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.INVALID_REQUEST, "the body is {\"paused\":true} or {\"paused\":false}");
  }
}
