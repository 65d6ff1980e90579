package dev.meridian.api;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The past of one document. */
@Path("/v1/collections/{collection}/docs/{id}/versions")
@Tag(name = "History")
@NonBlocking
public class VersionResource {

  private static final Set<String> LIST = Set.of("limit", "cursor");

  private final History history;
  private final ApiSettings settings;

  @Inject
  VersionResource(History history, ApiSettings settings) {
    this.history = history;
    this.settings = settings;
  }

  @GET
  @Operation(
      summary = "List the versions of a document",
      description =
          "Newest first, deletions too, as far as the collection's history settings keep them."
              + " limit: 1 to 1000, default 100. cursor: where the page before ended.")
  public CompletionStage<Response> list(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    QueryParameters.only(request, LIST);
    CollectionName name = new CollectionName(collection);
    DocumentId documentId = new DocumentId(id);
    ReadOptions options = RequestOptions.read(request.headers());
    int limit = ListQuery.limit(request.getParam("limit"));
    Optional<VersionId> before =
        Optional.ofNullable(request.getParam("cursor")).map(VersionResource::cursor);
    return history
        .versions(name, documentId, new History.VersionsRequest(limit, before), options)
        .thenApply(page -> page(name, documentId, limit, page, request.response()));
  }

  private Response page(
      CollectionName collection,
      DocumentId id,
      int limit,
      History.VersionPage page,
      HttpServerResponse http) {
    Optional<String> cursor =
        page.more()
            ? Optional.of(page.versions().getLast().version().toString())
            : Optional.empty();
    Response.ResponseBuilder response =
        Response.ok(
            Answers.body(Rendering.versions(page.versions(), cursor)),
            MediaType.APPLICATION_JSON_TYPE);
    cursor.ifPresent(
        next ->
            response.header(
                "Link",
                "<"
                    + DocumentResource.location(collection, id)
                    + "/versions?limit="
                    + limit
                    + "&cursor="
                    + next
                    + ">; rel=\"next\""));
    Answers.put(http, settings.region(), page.answer());
    return response.build();
  }

  @GET
  @Path("/{version}")
  @Operation(
      summary = "Read one version of a document",
      description =
          "410 when that version is a deletion, 404 version-not-found when there is none, or none"
              + " any more.")
  public CompletionStage<Response> get(
      @RestPath String collection,
      @RestPath String id,
      @RestPath String version,
      @Context HttpServerRequest request) {
    QueryParameters.none(request);
    ReadOptions options = RequestOptions.read(request.headers());
    return history
        .version(new CollectionName(collection), new DocumentId(id), version(version), options)
        .thenApply(found -> version(found, request.response()));
  }

  private Response version(History.VersionRead found, HttpServerResponse http) {
    Answers.put(http, settings.region(), found.answer());
    if (found.version() instanceof StoredDocument.Tombstone tombstone) {
      throw new StoreFailure.CallerMistake(
          FailureCode.DOCUMENT_DELETED,
          "version " + tombstone.version() + " is a deletion",
          Map.of("version", tombstone.version().toString()));
    }
    Answers.put(http, new Revision(found.version().version()));
    StoredDocument.LiveDocument live = (StoredDocument.LiveDocument) found.version();
    return Response.ok(Answers.body(live.body()), MediaType.APPLICATION_JSON_TYPE)
        .header(AsOf.MEMENTO_DATETIME, AsOf.httpDate(found.version().version().hlc()))
        .build();
  }

  private static VersionId version(String text) {
    try {
      return VersionId.parse(text);
    } catch (IllegalArgumentException | StoreFailure malformed) {
      throw new StoreFailure.CallerMistake(
          FailureCode.VERSION_NOT_FOUND,
          "a version is named by 16 hex digits, a hyphen and a region, as in its ETag");
    }
  }

  private static VersionId cursor(String text) {
    try {
      return VersionId.parse(text);
    } catch (IllegalArgumentException | StoreFailure malformed) {
      throw ListCursor.invalid();
    }
  }
}
