package dev.meridian.api;

import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.Precondition;
import dev.meridian.env.Threads;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.RestPath;

/** Many operations in one request, as lines of JSON in both directions. */
@Path("/v1/collections/{collection}/bulk")
@Tag(name = "Documents")
public class BulkResource {

  static final String NDJSON = "application/x-ndjson";

  /**
   * Answers that wait for a client which sends everything before it reads: so many bytes, then the
   * reading of its request waits.
   */
  private static final int MAX_WAITING_ANSWER_BYTES = 16 << 20;

  private final Documents documents;
  private final ApiSettings settings;
  private final Threads threads;

  @Inject
  BulkResource(Documents documents, ApiSettings settings, Threads threads) {
    this.documents = documents;
    this.settings = settings;
    this.threads = threads;
  }

  @POST
  @Consumes({NDJSON, "application/ndjson", "application/json"})
  @Produces(NDJSON)
  @Blocking
  @RunOnVirtualThread
  @Operation(
      summary = "Many operations",
      description =
          "One a line: {\"op\":\"put\",\"id\":\"o1\",\"doc\":{…}}, {\"op\":\"delete\",\"id\":\"o1\"},"
              + " {\"op\":\"patch\",\"id\":\"o1\",\"type\":\"merge-patch\",\"patch\":{…}} (or"
              + " json-patch), {\"op\":\"get\",\"id\":\"o1\"}; ifMatch and ifNoneMatch make a line conditional. One"
              + " status line comes back for each, in order; a line that fails does not stop the rest."
              + " Session token and receipt of the whole come as trailers, when all is done.")
  public RestMulti<Buffer> bulk(
      @RestPath String collection, InputStream body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    CollectionName name = new CollectionName(collection);
    WriteOptions options = RequestOptions.write(request.headers());
    if (!(options.precondition() instanceof Precondition.None)) {
      throw RequestOptions.invalid(
          "If-Match / If-None-Match", "belongs into the lines, as ifMatch and ifNoneMatch");
    }
    if (RequestOptions.prefers(request.headers(), "handling=strict")) {
      throw RequestOptions.invalid(
          "Prefer", "handling=strict is not offered by this release: each line stands alone");
    }
    return RestMulti.fromMultiData(answers(name, options, body, request.response()))
        .header(Answers.REGION, settings.region())
        .header("Trailer", RequestOptions.SESSION + ", " + Answers.RECEIPT)
        .build();
  }

  private Multi<Buffer> answers(
      CollectionName name, WriteOptions options, InputStream body, HttpServerResponse response) {
    Semaphore room = new Semaphore(MAX_WAITING_ANSWER_BYTES);
    return Multi.createFrom()
        .<Buffer>emitter(
            emitter ->
                threads.startVirtual(
                    "meridian-bulk", () -> pump(name, options, body, response, room, emitter)),
            BackPressureStrategy.BUFFER)
        .onItem()
        .invoke(sent -> room.release(sent.length()));
  }

  private void pump(
      CollectionName name,
      WriteOptions options,
      InputStream body,
      HttpServerResponse response,
      Semaphore room,
      MultiEmitter<? super Buffer> emitter) {
    emitter.onTermination(() -> room.release(MAX_WAITING_ANSWER_BYTES)); // the client has gone
    BulkSession session =
        new BulkSession(
            documents,
            name,
            options,
            settings.json(),
            body,
            answer -> {
              room.acquireUninterruptibly(answer.length());
              emitter.emit(Answers.body(answer));
            });
    try {
      session.run();
      session.answer().ifPresent(answer -> Answers.putTrailers(response, answer));
      emitter.complete();
    } catch (IOException | RuntimeException broken) {
      emitter.fail(broken);
    }
  }
}
