package dev.meridian.api;

import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The versions of one document that stand side by side. */
@Path("/v1/collections/{collection}/docs/{id}/conflicts")
@Tag(name = "Conflicts")
@NonBlocking
public class SiblingResource {

  private final Conflicts conflicts;
  private final ApiSettings settings;

  @Inject
  SiblingResource(Conflicts conflicts, ApiSettings settings) {
    this.conflicts = conflicts;
    this.settings = settings;
  }

  @GET
  @Operation(
      summary = "The siblings of a document",
      description =
          "All versions that did not see each other, deletions too, highest first, and the document"
              + " they come from; a single one when nothing collided. winner is the version that a"
              + " read gives. The ETag names them all: send it as If-Match to write over them. 404 and"
              + " 410 as for a read; a deletion that stands beside a document is 200.")
  public CompletionStage<Response> get(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    ReadOptions options = RequestOptions.read(request.headers());
    return conflicts
        .ofDocument(new CollectionName(collection), new DocumentId(id), options)
        .thenApply(
            document -> {
              Answers.put(
                  request.response(), document.revision(), document.winner(), document.undecided());
              Answers.put(request.response(), settings.region(), document.answer());
              return Response.ok(
                      Answers.body(ConflictRendering.sideBySide(document)),
                      MediaType.APPLICATION_JSON_TYPE)
                  .build();
            });
  }
}
