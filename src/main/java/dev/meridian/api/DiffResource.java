package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.RestPath;

/** What changed in a collection between two times. */
@Path("/v1/collections/{collection}/diff")
@Tag(name = "History")
@NonBlocking
public class DiffResource {

  private static final Set<String> NAMES = Set.of("from", "to", "docs");

  private final History history;
  private final ApiSettings settings;

  @Inject
  DiffResource(History history, ApiSettings settings) {
    this.history = history;
    this.settings = settings;
  }

  @GET
  @Produces(BulkResource.NDJSON)
  @Operation(
      summary = "What changed between two times",
      description =
          "One line a document that was different, in id order: {\"id\",\"change\":"
              + "\"created\"|\"changed\"|\"deleted\",\"from\":version,\"to\":version,\"doc\":…}. from and to:"
              + " RFC 3339 or 16 hex digits; to defaults to now. docs=false leaves the documents out."
              + " 410 history-expired when the past asked for is not kept any more.")
  public RestMulti<Buffer> diff(@RestPath String collection, @Context HttpServerRequest request) {
    QueryParameters.only(request, NAMES);
    CollectionName name = new CollectionName(collection);
    ReadOptions options = RequestOptions.read(request.headers());
    HlcTimestamp from =
        AsOf.ofParameter(request, "from").orElseThrow(() -> invalid("'from' is missing"));
    Optional<HlcTimestamp> to = AsOf.ofParameter(request, "to");
    if (to.isPresent() && from.isAfter(to.get())) {
      throw invalid("'from' is later than 'to'");
    }
    boolean withBodies = ListQuery.docs(request.getParam("docs"));
    // The first page tells whether there is anything to stream, or a problem to answer.
    return RestMulti.fromUniResponse(
        Uni.createFrom().completionStage(page(name, from, to, Optional.empty(), options)),
        first -> lines(name, from, first, options, withBodies),
        first -> Answers.headers(settings.region(), first.answer()));
  }

  private CompletionStage<History.DiffPage> page(
      CollectionName name,
      HlcTimestamp from,
      Optional<HlcTimestamp> to,
      Optional<DocumentId> after,
      ReadOptions options) {
    return history.diff(name, new History.DiffRequest(from, to, after), options);
  }

  /** Page after page, each read when the one before was taken. */
  private Multi<Buffer> lines(
      CollectionName name,
      HlcTimestamp from,
      History.DiffPage first,
      ReadOptions options,
      boolean withBodies) {
    AtomicReference<Optional<DocumentId>> last = new AtomicReference<>(first.last());
    Multi<History.DiffPage> rest =
        first.last().isEmpty()
            ? Multi.createFrom().empty()
            : Multi.createBy()
                .repeating()
                .completionStage(
                    () -> last,
                    after ->
                        page(name, from, Optional.of(first.to()), after.get(), options)
                            .whenComplete((next, failure) -> after.set(lastOf(next))))
                .whilst(page -> page.last().isPresent());
    return Multi.createBy()
        .concatenating()
        .streams(Multi.createFrom().item(first), rest)
        .onItem()
        .transformToIterable(History.DiffPage::differences)
        .map(difference -> Answers.body(Rendering.difference(difference, withBodies)));
  }

  private static Optional<DocumentId> lastOf(History.DiffPage page) {
    return page == null ? Optional.empty() : page.last(); // null: it failed
  }

  private static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
  }
}
