package dev.meridian.api;

import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterView;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who answers, and where everything is. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Cluster")
@NonBlocking
public class RootResource {

  private final ClusterView cluster;
  private final ApiSettings settings;

  @Inject
  RootResource(ClusterView cluster, ApiSettings settings) {
    this.cluster = cluster;
    this.settings = settings;
  }

  @GET
  @Operation(summary = "This region", description = "Its name, its version, links to the rest.")
  public Response root() {
    Map<String, String> links = new TreeMap<>();
    links.put("collections", "/v1/collections");
    links.put("cluster", "/v1/cluster");
    links.put("conflicts", "/v1/conflicts");
    links.put("console", "/console");
    links.put("openapi", "/q/openapi");
    links.put("swaggerUi", "/q/swagger-ui");
    links.put("health", "/q/health");
    links.put("metrics", "/q/metrics");
    return Response.ok(new Root(settings.region(), settings.version(), links))
        .header(Answers.REGION, settings.region())
        .build();
  }

  @GET
  @Path("/cluster")
  @Operation(
      summary = "The cluster as this region sees it",
      description = "Regions, links with their lag, the log, the version vector.")
  public Response cluster() {
    ClusterStatus status = cluster.status();
    return Response.ok(status).header(Answers.REGION, settings.region()).build();
  }

  /** The answer of {@code GET /v1}. */
  public record Root(String region, String version, Map<String, String> links) {}
}
