package dev.meridian.api;

import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.env.Threads;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Changes parts of a document (RFC 5789). Never blocks; large patches are read off the loop. */
@Path("/v1/collections/{collection}/docs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
@NonBlocking
public class PatchResource {

  static final String MERGE_PATCH = "application/merge-patch+json";
  static final String JSON_PATCH = "application/json-patch+json";
  static final String CRDT = "application/vnd.meridian.crdt+json";

  /** The value of {@code Accept-Patch} (RFC 5789, section 3.1). */
  static final String OFFERED = MERGE_PATCH + ", " + JSON_PATCH + ", " + CRDT;

  /** A larger patch takes longer to read than the event loop has for one request. */
  private static final int MAX_BYTES_ON_LOOP = 16 << 10;

  private final Documents documents;
  private final ApiSettings settings;
  private final Threads threads;

  @Inject
  PatchResource(Documents documents, ApiSettings settings, Threads threads) {
    this.documents = documents;
    this.settings = settings;
    this.threads = threads;
  }

  @PATCH
  @Path("/{id}")
  @Consumes({MERGE_PATCH, JSON_PATCH, CRDT})
  @Operation(
      summary = "Change parts of a document",
      description =
          "A merge patch (RFC 7396) looks like the document: what it has replaces what is there, null"
              + " takes away. A JSON patch (RFC 6902) is a list of at most 1000 operations: add,"
              + " remove, replace, move, copy and test, done in order, all or none; together its"
              + " copies write at most as much as a document may have. The document is read, changed"
              + " and written in the region where it lives, and read again when somebody else was"
              + " faster; 503 document-contended when that happens too often, which is safe to repeat."
              + " If-Match and If-None-Match are about the version that is patched. What the patch"
              + " says nothing about stays as it is, numbers to the letter. A patch that changes"
              + " nothing makes a version, too. CRDT operations (g-counter, pn-counter: increment,"
              + " decrement; g-set, or-set: add, remove; lww-register, mv-register: set; rga: insert,"
              + " delete) change fields that merge by themselves: they never lose to anybody. The"
              + " first one on an absent field makes it; 422 crdt-type-mismatch when it does not fit. Prefer: return=minimal leaves the document out of the"
              + " answer.")
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = MERGE_PATCH,
            examples =
                @ExampleObject(
                    name = "merge-patch",
                    summary = "Set the total, take the note away",
                    value = "{\"total\": 23.00, \"note\": null}")),
        @Content(
            mediaType = JSON_PATCH,
            examples =
                @ExampleObject(
                    name = "json-patch",
                    summary = "Replace the total if it is still what was read",
                    value =
                        "[{\"op\": \"test\", \"path\": \"/total\", \"value\": 21.50},"
                            + " {\"op\": \"replace\", \"path\": \"/total\", \"value\": 23.00}]")),
        @Content(
            mediaType = CRDT,
            examples =
                @ExampleObject(
                    name = "crdt",
                    summary = "Count a view, add a tag, type a character",
                    value =
                        "[{\"path\": \"/views\", \"type\": \"pn-counter\", \"op\": \"increment\","
                            + " \"by\": 5}, {\"path\": \"/tags\", \"type\": \"or-set\", \"op\":"
                            + " \"add\", \"value\": \"x\"}, {\"path\": \"/text\", \"type\": \"rga\","
                            + " \"op\": \"insert\", \"at\": 0, \"value\": \"!\"}]"))
      })
  @APIResponse(
      responseCode = "200",
      description = "The document as it is now; ETag and Meridian-Version name its version.",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              examples =
                  @ExampleObject(
                      name = "document",
                      value = "{\"customer\":\"Ada\",\"total\":23.00}")))
  @APIResponse(
      responseCode = "400",
      description =
          "invalid-json: no patch of its kind (the detail names the operation, from 0), or what would"
              + " come of it is no document.")
  @APIResponse(responseCode = "404", description = "document-not-found: a patch creates nothing.")
  @APIResponse(responseCode = "410", description = "document-deleted")
  @APIResponse(
      responseCode = "409",
      description =
          "patch-test-failed: a test found another value, or an operation's target does not exist in"
              + " this document. The member operation counts from 0. Nothing was changed.")
  @APIResponse(
      responseCode = "412",
      description = "precondition-failed, with currentVersion: read again.")
  @APIResponse(responseCode = "413", description = "document-too-large, before or after the patch")
  @APIResponse(
      responseCode = "415",
      description = "unsupported-media-type",
      headers = @Header(name = "Accept-Patch", description = "The kinds of patches offered."))
  public CompletionStage<Response> patch(
      @RestPath String collection,
      @RestPath String id,
      byte[] body,
      @Context HttpServerRequest request) {
    QueryParameters.none(request);
    CollectionName name = new CollectionName(collection);
    DocumentId documentId = new DocumentId(id);
    WriteOptions options = RequestOptions.write(request.headers());
    DocumentPatch.Kind kind = kind(request);
    boolean minimal = RequestOptions.prefersMinimal(request.headers());
    return AnswerBatch.onThisLoop(
            parsed(kind, new Bytes(body))
                .thenCompose(patch -> documents.patch(name, documentId, patch, options)))
        .thenApply(done -> patched(minimal, done, request.response()));
  }

  private static DocumentPatch.Kind kind(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    String bare = type == null ? "" : type.split(";", 2)[0].strip();
    for (DocumentPatch.Kind kind : DocumentPatch.Kind.values()) {
      if (kind.mediaType().equalsIgnoreCase(bare)) {
        return kind;
      }
    }
    throw new StoreFailure.CallerMistake(
        FailureCode.UNSUPPORTED_MEDIA_TYPE, "the Content-Type of a patch is one of " + OFFERED);
  }

  private CompletionStage<DocumentPatch> parsed(DocumentPatch.Kind kind, Bytes body) {
    if (body.length() <= MAX_BYTES_ON_LOOP) {
      return CompletableFuture.completedFuture(DocumentPatch.parse(kind, body));
    }
    CompletableFuture<DocumentPatch> parsed = new CompletableFuture<>();
    threads.startVirtual(
        "meridian-patch",
        () -> {
          try {
            parsed.complete(DocumentPatch.parse(kind, body));
          } catch (RuntimeException refused) {
            parsed.completeExceptionally(refused);
          }
        });
    return parsed;
  }

  private Response patched(
      boolean minimal, Documents.PatchResult done, HttpServerResponse response) {
    Documents.WriteResult written = done.written();
    Answers.put(response, new Revision(written.version()));
    Answers.put(response, settings.region(), written.answer());
    Unconfirmed.check(written.unconfirmed(), written.version());
    return minimal || done.body().isEmpty()
        ? Response.ok().header("Preference-Applied", "return=minimal").build()
        : Response.ok(Answers.body(done.body().get()), MediaType.APPLICATION_JSON_TYPE).build();
  }
}
