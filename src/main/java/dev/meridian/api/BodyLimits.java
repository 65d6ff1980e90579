package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.random.RandomGenerator;

/**
 * Bounds request bodies: a document may be as large as documents may be, a bulk request as large as
 * it likes, since it is read piece by piece. What is announced too large is refused before it is
 * read.
 */
class BodyLimits {

  /** Runs after Quarkus' own limit, which is set to let everything through. */
  private static final int PRIORITY = 1;

  private static final String QUARKUS_LIMIT = "io.quarkus.max-request-size";

  @Inject ApiSettings settings;
  @Inject RandomGenerator random;

  void register(@Observes Filters filters) {
    filters.register(this::limit, PRIORITY);
  }

  private void limit(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = request.path();
    boolean unbounded = path.endsWith("/bulk") || !path.startsWith("/v1");
    if (unbounded) {
      context.next();
      return;
    }
    long max = settings.json().maxBytes();
    long announced = announced(request.getHeader("Content-Length"));
    if (announced > max) {
      refuse(context, announced, max);
      return;
    }
    if (announced < 0) {
      // Of unknown length: twice as much is read, to say what is wrong; then the connection is cut.
      context.put(QUARKUS_LIMIT, 2 * max);
    }
    context.next();
  }

  private static long announced(String header) {
    try {
      return header == null ? -1 : Long.parseLong(header);
    } catch (NumberFormatException malformed) {
      return -1; // the server has refused it already, or will
    }
  }

  private void refuse(RoutingContext context, long announced, long max) {
    StoreFailure failure =
        new StoreFailure.CallerMistake(
            FailureCode.DOCUMENT_TOO_LARGE,
            "a document has at most " + max + " bytes; this one has " + announced);
    byte[] problem =
        Problems.render(
            failure, context.request().path(), settings.region(), Problems.traceId(random));
    context
        .response()
        .setStatusCode(Problems.status(failure.code()))
        .putHeader("Content-Type", Problems.MEDIA_TYPE)
        .putHeader("Connection", "close")
        .putHeader(Answers.REGION, settings.region())
        .end(io.vertx.core.buffer.Buffer.buffer(problem));
  }
}
