package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The conflict log: what collided, what became of it, and how to decide otherwise. */
@Path("/v1/conflicts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Conflicts")
@NonBlocking
public class ConflictResource {

  private static final Set<String> LIST = Set.of("collection", "state", "since", "limit", "cursor");

  private final Conflicts conflicts;
  private final ApiSettings settings;

  @Inject
  ConflictResource(Conflicts conflicts, ApiSettings settings) {
    this.conflicts = conflicts;
    this.settings = settings;
  }

  @GET
  @Operation(
      summary = "The conflict log",
      description =
          "By collection and document id, of a document the latest first. collection; state: open"
              + " (a client has to decide), resolved (one has) or auto (the policy has); since: RFC"
              + " 3339 or 16 hex digits, of the highest version; limit: 1 to 1000, default 100;"
              + " cursor: where the page before ended. A page may be short and have a cursor. An"
              + " entry's policy is the one in force now while the versions stand side by side, else"
              + " that of the time; outcome is what the document became, with version null when it"
              + " was merged. doc is null for a deletion, for an operation on CRDT fields, and when"
              + " it is not kept any more. What is over is remembered for 30 days.")
  public CompletionStage<Response> list(@Context HttpServerRequest request) {
    QueryParameters.only(request, LIST);
    Conflicts.Filter filter =
        new Conflicts.Filter(
            Optional.ofNullable(request.getParam("collection")).map(CollectionName::new),
            Optional.ofNullable(request.getParam("state")).map(ConflictBodies::state),
            AsOf.ofParameter(request, "since").map(time -> HlcTimestamp.of(time.millis(), 0)),
            ListQuery.limit(request.getParam("limit")),
            Optional.ofNullable(request.getParam("cursor")).map(ConflictBodies::cursor));
    return conflicts
        .list(filter, RequestOptions.read(request.headers()))
        .thenApply(
            page -> {
              Answers.put(request.response(), settings.region(), page.answer());
              Response.ResponseBuilder response =
                  ok(ConflictRendering.page(page.conflicts(), page.next()));
              page.next()
                  .ifPresent(
                      next ->
                          response.header(
                              "Link", "<" + link(filter, request, next) + ">; rel=\"next\""));
              return response.build();
            });
  }

  private static String link(Conflicts.Filter filter, HttpServerRequest request, ConflictKey next) {
    return "/v1/conflicts?limit="
        + filter.limit()
        + filter.collection().map(name -> "&collection=" + name).orElse("")
        + filter.state().map(state -> "&state=" + state.text()).orElse("")
        + Optional.ofNullable(request.getParam("since"))
            .map(since -> "&since=" + DocumentResource.encoded(since))
            .orElse("")
        + "&cursor="
        + next.text();
  }

  @POST
  @Path("/{key}/resolve")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Resolve a conflict",
      description =
          "Exactly one of {\"pick\":\"<version>\"}, {\"doc\":{…}}, {\"fields\":{\"/qty\":\"<version>\","
              + "\"/tags\":\"base\"}} (the document as it is, with these places as they are in the"
              + " version or the base; absent there is removed here) and {\"delete\":true}. Writes a"
              + " version that has seen all that stand side by side. A conflict that the policy has"
              + " decided can be decided otherwise. 412 precondition-failed when the document"
              + " changes meanwhile, when If-Match does not hold, and when the conflict was resolved"
              + " before and no If-Match is sent; 404 conflict-not-found; 404 version-not-found for a"
              + " version that took no part; 410 history-expired for one that is not kept.")
  public CompletionStage<Response> resolve(
      @RestPath String key, byte[] body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    WriteOptions options = RequestOptions.write(request.headers());
    return conflicts
        .resolve(
            ConflictBodies.key(key),
            ConflictBodies.resolution(new Bytes(body), settings.json()),
            options)
        .thenApply(
            done -> {
              Answers.put(request.response(), new Revision(done.version()));
              Answers.put(request.response(), settings.region(), done.answer());
              Unconfirmed.check(done.unconfirmed(), done.version());
              return ok(ConflictRendering.resolved(done)).build();
            });
  }

  @POST
  @Path("/resolve")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Resolve many conflicts",
      description =
          "{\"collection\":\"c\",\"state\":\"open\"|\"auto\",\"policy\":\"newest\"|\"oldest\"|\"lww\"|"
              + "\"origin:<region>\",\"limit\":1000} or {\"keys\":[…],\"pick\":…}; at most 1000, each"
              + " by itself. results has one entry for each, with status and version, or code and"
              + " detail; remaining says how many are left.")
  public CompletionStage<Response> resolveAll(byte[] body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    WriteOptions options = unconditional(request);
    CompletionStage<Conflicts.BulkResolved> resolved =
        switch (ConflictBodies.bulk(new Bytes(body))) {
          case ConflictBodies.Bulk.Matching(var filter, var choice) ->
              conflicts.resolveAll(filter, choice, options);
          case ConflictBodies.Bulk.Named(var keys, var choice) ->
              conflicts.resolveAll(keys, choice, options);
        };
    return resolved.thenApply(
        done -> {
          Answers.put(request.response(), settings.region(), done.answer());
          return ok(ConflictRendering.bulk(done)).build();
        });
  }

  private static WriteOptions unconditional(HttpServerRequest request) {
    WriteOptions options = RequestOptions.write(request.headers());
    if (!(options.precondition() instanceof Precondition.None)) {
      throw RequestOptions.invalid(
          "If-Match / If-None-Match", "names one document, and this request is about many");
    }
    return options;
  }

  @POST
  @Path("/dry-run")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Replay past conflicts under other settings",
      description =
          "{\"collection\":\"c\",\"conflict\":{\"policy\":…,\"rules\":{…},\"deleteWins\":…},"
              + "\"limit\":1000,\"cursor\":…}. Writes nothing. Says of how many the outcome would be"
              + " the same, different, or undecided until a client decides; unknown when a version is"
              + " not kept any more. examples has at most 100, those that are not the same first,"
              + " each with the outcome now and then. A cursor says that there are more.")
  public CompletionStage<Response> dryRun(byte[] body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    ConflictBodies.DryRun asked = ConflictBodies.dryRun(new Bytes(body));
    return conflicts
        .replay(
            asked.collection(),
            asked.settings(),
            asked.limit(),
            asked.after(),
            RequestOptions.read(request.headers()))
        .thenApply(
            replay -> {
              Answers.put(request.response(), settings.region(), replay.answer());
              return ok(ConflictRendering.replay(replay)).build();
            });
  }

  private static Response.ResponseBuilder ok(Bytes body) {
    return Response.ok(Answers.body(body), MediaType.APPLICATION_JSON_TYPE);
  }
}
