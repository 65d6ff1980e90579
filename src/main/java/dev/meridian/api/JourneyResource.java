package dev.meridian.api;

import dev.meridian.coordinator.History;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The way of a document's versions through the regions. */
@Path("/v1/collections/{collection}/docs/{id}/journey")
@Tag(name = "History")
@NonBlocking
public class JourneyResource {

  private static final Set<String> NAMES = Set.of("limit");
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;

  private final History history;
  private final ApiSettings settings;

  @Inject
  JourneyResource(History history, ApiSettings settings) {
    this.history = history;
    this.settings = settings;
  }

  @GET
  @Operation(
      summary = "When each region made each version visible",
      description =
          "Newest first; limit: 1 to 100, default 10. A region's state is visible (with at, by this"
              + " region's clock, and lagMs), visible-since-unknown (it keeps the times of the latest"
              + " 32768 changes of each region since its start), not-yet, or unreachable.")
  public CompletionStage<Response> get(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    QueryParameters.only(request, NAMES);
    ReadOptions options = RequestOptions.read(request.headers());
    DocumentId documentId = new DocumentId(id);
    return history
        .journey(
            new CollectionName(collection), documentId, limit(request.getParam("limit")), options)
        .thenApply(
            page -> {
              Answers.put(request.response(), settings.region(), page.answer());
              return Response.ok(
                      Answers.body(Rendering.journeys(documentId, page.journeys())),
                      MediaType.APPLICATION_JSON_TYPE)
                  .build();
            });
  }

  private static int limit(@org.jspecify.annotations.Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    if (!text.matches("\\d{1,3}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MAX_LIMIT) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST, "'limit' is a number from 1 to " + MAX_LIMIT);
    }
    return Integer.parseInt(text);
  }
}
