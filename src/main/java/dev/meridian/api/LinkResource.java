package dev.meridian.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
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

/** Pauses and resumes the links that end in this region. */
@Path("/v1/cluster/links/{peer}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Cluster")
@Blocking
@RunOnVirtualThread
public class LinkResource {

  private static final ObjectMapper JSON = new ObjectMapper(JsonDocument.json().copy());

  private final LinkControl links;
  private final ApiSettings settings;

  @Inject
  LinkResource(LinkControl links, ApiSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  @PUT
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Pause or resume reading from a peer",
      description =
          "The body is {\"paused\":true} or {\"paused\":false}. While the link is paused, changes of"
              + " the peer come through other regions or wait there; nothing is lost. It stays"
              + " paused when the node restarts. 404 for a region that is no peer.")
  public Response put(@RestPath String peer, byte[] body) {
    boolean paused = read(body);
    links.pause(peer, paused);
    return Response.ok(new LinkAnswer(peer, paused))
        .header(Answers.REGION, settings.region())
        .build();
  }

  private static boolean read(byte[] body) {
    Bytes checked = JsonDocument.compact(new Bytes(body), JsonLimits.DEFAULTS);
    try {
      JsonNode request = JSON.readTree(checked.array(), checked.offset(), checked.length());
      if (request.size() == 1 && request.path("paused").isBoolean()) {
        return request.path("paused").booleanValue();
      }
    } catch (IOException wrong) {
      throw invalid();
    }
    throw invalid();
  }

  private static StoreFailure invalid() {
    return new StoreFailure.CallerMistake(
        FailureCode.INVALID_REQUEST, "the body has paused (true or false) and nothing else");
  }

  /** What the link was told. */
  public record LinkAnswer(String peer, boolean paused) {}
}
