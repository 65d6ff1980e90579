package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument.LiveDocument;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Documents, one at a time. Never blocks: what must wait, waits as a stage. */
@Path("/v1/collections/{collection}/docs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Documents")
@NonBlocking
public class DocumentResource {

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final String CRDT = "crdt";
  private static final Set<String> OF_A_READ = Set.of(AsOf.PARAMETER, CRDT);

  private final Documents documents;
  private final History history;
  private final ApiSettings settings;

  @Inject
  DocumentResource(Documents documents, History history, ApiSettings settings) {
    this.documents = documents;
    this.history = history;
    this.settings = settings;
  }

  @GET
  @Path("/{id}")
  @Operation(
      summary = "Read a document",
      description =
          "The newest version here, with the guarantee asked for by Meridian-Consistency (default:"
              + " session). 304 when If-None-Match names the current version, 404 when there never"
              + " was such a document, 410 when it was deleted. Meridian-Conflict: siblings=N says that"
              + " N versions wait for a client to decide; the body is the one that is shown meanwhile,"
              + " and the ETag names them all. asOf (or Accept-Datetime) reads the"
              + " past: 410 history-expired when that is not kept any more. crdt=state shows what"
              + " CRDT fields are made of.")
  public CompletionStage<Response> get(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    return read(collection, id, request, true);
  }

  @HEAD
  @Path("/{id}")
  @Operation(summary = "Headers of a document", description = "As GET, without the body.")
  public CompletionStage<Response> head(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    return read(collection, id, request, false);
  }

  @PUT
  @Path("/{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Create or replace a document",
      description =
          "Answers once the document is forced to this region's log. If-Match and If-None-Match make"
              + " it conditional. 201 when it was created, 200 when it was replaced.")
  public CompletionStage<Response> put(
      @RestPath String collection,
      @RestPath String id,
      byte[] body,
      @Context HttpServerRequest request) {
    QueryParameters.none(request);
    return write(new CollectionName(collection), new DocumentId(id), body, request);
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Create a document with a generated id",
      description = "The id is a UUIDv7: ids generated later sort later.")
  public CompletionStage<Response> post(
      @RestPath String collection, byte[] body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    return write(new CollectionName(collection), documents.newId(), body, request);
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      summary = "Delete a document",
      description =
          "Writes a tombstone that replicates. 404 or 410 when there is nothing to delete.")
  public CompletionStage<Response> delete(
      @RestPath String collection, @RestPath String id, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    WriteOptions options = RequestOptions.write(request.headers());
    return AnswerBatch.onThisLoop(
            documents.delete(new CollectionName(collection), new DocumentId(id), options))
        .thenApply(
            done -> {
              Answers.put(request.response(), settings.region(), done.answer());
              request.response().headers().set(Answers.VERSION, done.version().toString());
              Unconfirmed.check(done.unconfirmed(), done.version());
              return Response.noContent().build();
            });
  }

  @GET
  @Operation(
      summary = "List documents in id order",
      description =
          "prefix: only ids that start with it. limit: 1 to 1000, default 100. cursor: where the page"
              + " before ended; all pages are of one snapshot. asOf: read the past. docs=false leaves"
              + " the bodies out.")
  public CompletionStage<Response> list(
      @RestPath String collection, @Context HttpServerRequest request) {
    ListQuery query = ListQuery.parse(request);
    ReadOptions options = RequestOptions.read(request.headers());
    CollectionName name = new CollectionName(collection);
    return documents
        .list(name, query.request(), options)
        .thenApply(page -> page(name, query, page, request.response()));
  }

  private CompletionStage<Response> read(
      String collection, String id, HttpServerRequest request, boolean withBody) {
    QueryParameters.only(request, OF_A_READ);
    MultiMap headers = request.headers();
    ReadOptions options = RequestOptions.read(headers);
    Optional<HlcTimestamp> asOf = AsOf.ofDocument(request);
    boolean states = asksForStates(request, asOf);
    Optional<EntityTags> noneMatch =
        EntityTags.parse("If-None-Match", headers.getAll("If-None-Match"));
    Optional<EntityTags> match = EntityTags.parse("If-Match", headers.getAll("If-Match"));
    CollectionName name = new CollectionName(collection);
    DocumentId documentId = new DocumentId(id);
    if (asOf.isPresent()) {
      return history
          .get(name, documentId, asOf.get(), options)
          .thenApply(
              found -> {
                Answers.put(request.response(), settings.region(), found.answer());
                return document(found.document(), match, noneMatch, withBody, request.response());
              })
          .thenApply(answer -> memento(answer, name, documentId, asOf.get()));
    }
    return (states
            ? documents.lookStates(name, documentId, options)
            : documents.look(name, documentId, options))
        .thenApply(
            found -> {
              // A problem gets them too: that there is nothing was read from somewhere as well.
              Answers.put(request.response(), settings.region(), found.answer());
              return document(found.live(), match, noneMatch, withBody, request.response());
            });
  }

  private static boolean asksForStates(HttpServerRequest request, Optional<HlcTimestamp> asOf) {
    String shown = request.params().get(CRDT);
    if (shown == null) {
      return false;
    }
    if (!shown.equals("state") || asOf.isPresent()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.INVALID_REQUEST,
          "'crdt' is 'state', and not of the past: what CRDT fields are made of now");
    }
    return true;
  }

  /** Says that the answer is of the past (RFC 7089, pattern 1.3: original and gate in one). */
  private static Response memento(
      Response answer, CollectionName collection, DocumentId id, HlcTimestamp asOf) {
    return Response.fromResponse(answer)
        .header(AsOf.MEMENTO_DATETIME, AsOf.httpDate(asOf))
        .header("Vary", "accept-datetime")
        .header("Link", "<" + location(collection, id) + ">; rel=\"original timegate\"")
        .build();
  }

  private Response document(
      LiveDocument document,
      Optional<EntityTags> match,
      Optional<EntityTags> noneMatch,
      boolean withBody,
      HttpServerResponse http) {
    Revision revision = document.revision();
    Response.ResponseBuilder response;
    if (match.isPresent() && !match.get().matches(revision)) {
      throw Preconditions.failed(revision);
    }
    if (noneMatch.isPresent() && noneMatch.get().matchesWeakly(revision)) {
      response = Response.notModified();
    } else if (withBody) {
      response = Response.ok(Answers.body(document.body()), MediaType.APPLICATION_JSON_TYPE);
    } else {
      response =
          Response.ok()
              .type(MediaType.APPLICATION_JSON_TYPE)
              .header("Content-Length", Integer.toString(document.body().length()));
    }
    Answers.put(http, document);
    return response.build();
  }

  private CompletionStage<Response> write(
      CollectionName collection, DocumentId id, byte[] body, HttpServerRequest request) {
    WriteOptions options = RequestOptions.write(request.headers());
    Bytes document = JsonDocument.compact(new Bytes(body), settings.json());
    boolean minimal = RequestOptions.prefersMinimal(request.headers());
    return AnswerBatch.onThisLoop(documents.put(collection, id, document, options))
        .thenApply(done -> written(collection, id, minimal, done, request));
  }

  private Response written(
      CollectionName collection,
      DocumentId id,
      boolean minimal,
      Documents.WriteResult done,
      HttpServerRequest request) {
    HttpServerResponse http = request.response();
    Answers.put(http, new Revision(done.version()));
    Answers.put(http, settings.region(), done.answer());
    Unconfirmed.check(done.unconfirmed(), done.version());
    Response.ResponseBuilder response = Response.status(done.created() ? CREATED : OK);
    if (done.created()) {
      http.headers().set("Location", absolute(request, location(collection, id)));
    }
    if (minimal) {
      response.header("Preference-Applied", "return=minimal");
    } else {
      response
          .entity(Answers.body(Rendering.written(id, done.version())))
          .type(MediaType.APPLICATION_JSON_TYPE);
    }
    return response.build();
  }

  private Response page(
      CollectionName collection,
      ListQuery query,
      Documents.DocumentPage page,
      HttpServerResponse http) {
    Optional<String> cursor =
        page.more()
            ? Optional.of(new ListCursor(page.asOf(), page.documents().getLast().id()).text())
            : Optional.empty();
    Response.ResponseBuilder response =
        Response.ok(
            Answers.body(Rendering.list(page.documents(), query.withBodies(), cursor)),
            MediaType.APPLICATION_JSON_TYPE);
    cursor.ifPresent(
        next -> response.header("Link", "<" + query.link(collection, next) + ">; rel=\"next\""));
    Answers.put(http, settings.region(), page.answer());
    return response.build();
  }

  private static String absolute(HttpServerRequest request, URI path) {
    HostAndPort host = request.authority();
    return host == null ? path.toString() : request.scheme() + "://" + host + path;
  }

  static URI location(CollectionName collection, DocumentId id) {
    return URI.create("/v1/collections/" + collection + "/docs/" + encoded(id.value()));
  }

  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
