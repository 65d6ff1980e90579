package dev.meridian.api;

import dev.meridian.document.FailureCode;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/**
 * Bounds request bodies: a document may be as large as documents may be, a bulk request as large as
 * it likes, since it is read piece by piece. What is announced too large is refused before it is
 * read; what is not announced is read up to the bound.
 */
class BodyLimits {

  /** Runs after Quarkus' own limit, which is set to let everything through. */
  private static final int PRIORITY = 1;

  @Inject ApiSettings settings;
  @Inject RouterAnswers answers;

  void register(@Observes Filters filters) {
    filters.register(this::limit, PRIORITY);
  }

  private void limit(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = request.path();
    boolean unbounded = path.endsWith("/bulk") || !path.startsWith("/v1");
    String length = request.getHeader("Content-Length");
    boolean unannounced = length == null && mayHaveBody(request);
    if (unbounded) {
      context.next();
    } else if (unannounced) {
      read(context);
    } else if (announced(length) > settings.json().maxBytes()) {
      refuse(context);
    } else {
      context.next();
    }
  }

  private static boolean mayHaveBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        ? !request.isEnded()
        : request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private static long announced(String length) {
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException malformed) {
      return 0; // the server has refused it already, or will
    }
  }

  /** Goes on once the whole body is here; resources then find it at the context. */
  private void read(RoutingContext context) {
    HttpServerRequest request = context.request();
    Buffer body = Buffer.buffer();
    request.handler(
        piece -> {
          if (body.length() + piece.length() <= settings.json().maxBytes()) {
            body.appendBuffer(piece);
          } else {
            request.handler(ignored -> {});
            request.endHandler(ignored -> {});
            refuse(context);
          }
        });
    request.endHandler(
        ended -> {
          ((RoutingContextInternal) context).setBody(body);
          context.next();
        });
    request.exceptionHandler(cut -> {}); // the client is gone: nobody to answer
    request.resume();
  }

  private void refuse(RoutingContext context) {
    answers.refuseAndClose(
        context,
        FailureCode.DOCUMENT_TOO_LARGE,
        "a document has at most " + settings.json().maxBytes() + " bytes; this one has more");
  }
}
