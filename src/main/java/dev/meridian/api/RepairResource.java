package dev.meridian.api;

import dev.meridian.coordinator.RepairStatus;
import dev.meridian.coordinator.Repairs;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Comparing this region's data with its peers', and mending both. */
@Path("/v1/cluster/repair")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Repair")
@NonBlocking
public class RepairResource {

  private static final RequestJson<RepairRequest> JSON =
      new RequestJson<>(
          RepairRequest.class,
          "the body has peer (a name) and look (true or false), each if wanted, and nothing else");

  private final Repairs repairs;
  private final ApiSettings settings;

  @Inject
  RepairResource(Repairs repairs, ApiSettings settings) {
    this.repairs = repairs;
    this.settings = settings;
  }

  /** With whom, and how thoroughly. */
  public static final class RepairRequest {
    public @Nullable String peer;
    public boolean look = true;
  }

  @POST
  @Operation(
      summary = "Start a repair",
      description =
          "The body may be empty or has peer (without it: all peers) and look (true or false,"
              + " default true): whether both regions look through all their data first, so that"
              + " also what was damaged unnoticed is found. Does nothing for a peer with which one"
              + " is under way. 404 for a region that is no peer.")
  public Response post(byte[] body) {
    RepairRequest request = body.length == 0 ? new RepairRequest() : JSON.read(body);
    return answer(
        Response.Status.ACCEPTED,
        repairs.start(Optional.ofNullable(request.peer), request.look, "a request"));
  }

  @GET
  @Operation(
      summary = "The repair under way, or the last one, and those before it",
      description =
          "keys are documents, or settings, that were not the same; of them underWay are those that"
              + " replication is about to bring. sent and received are versions that the peer, or"
              + " this region, lacked.")
  public Response get() {
    return answer(Response.Status.OK, repairs.status());
  }

  @DELETE
  @Operation(
      summary = "End what is under way",
      description = "peer: with whom; without it all. What was mended stays.")
  public Response delete(@Context HttpServerRequest request) {
    QueryParameters.only(request, Set.of("peer"));
    repairs.cancel(Optional.ofNullable(request.getParam("peer")));
    return Response.noContent().header(Answers.REGION, settings.region()).build();
  }

  @GET
  @Path("trees")
  @Operation(
      summary = "The hash trees of a collection here and in a peer",
      description =
          "peer and collection say which. differing are those of the 256 parts that are not the"
              + " same now, and documents the first of each; what one of the two is about to hear of"
              + " is among them. Mends nothing.")
  public CompletionStage<Response> trees(@Context HttpServerRequest request) {
    QueryParameters.only(request, Set.of("peer", "collection"));
    String peer = needed(request, "peer");
    CollectionName collection = new CollectionName(needed(request, "collection"));
    return repairs
        .compare(peer, collection)
        .exceptionally(RepairResource::unanswered)
        .thenApply(
            trees ->
                Response.ok(
                        new TreesAnswer(
                            peer,
                            collection.value(),
                            trees.ours(),
                            trees.theirs(),
                            trees.differing(),
                            trees.documents()))
                    .header(Answers.REGION, settings.region())
                    .build());
  }

  private static Repairs.Trees unanswered(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    throw cause instanceof StoreFailure failure
        ? failure
        : new StoreFailure.Unavailable(
            FailureCode.NOT_READY, "the peer does not answer: " + cause.getMessage());
  }

  private static String needed(HttpServerRequest request, String name) {
    String value = request.getParam(name);
    if (value == null) {
      throw RequestJson.invalid("'" + name + "' is missing");
    }
    return value;
  }

  private Response answer(Response.Status status, RepairStatus body) {
    return Response.status(status).entity(body).header(Answers.REGION, settings.region()).build();
  }

  /**
   * Two hash trees side by side.
   *
   * @param documents by part
   */
  public record TreesAnswer(
      String peer,
      String collection,
      long documentsHere,
      long documentsThere,
      List<Integer> differing,
      Map<Integer, List<String>> documents) {}
}
