package dev.meridian.console;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Bounds what a browser may send. The server's own limit is off, because bulk requests of the API
 * have none, and Vaadin reads a request whole before it looks at it.
 */
@ApplicationScoped
public class RequestLimit {

  /** The largest document there may be, every character escaped, and what is around it. */
  static final long MAX_REQUEST_BYTES = 64L << 20;

  private static final String QUARKUS_LIMIT = "io.quarkus.max-request-size";
  private static final int AFTER_QUARKUS = 1;
  private static final int TOO_LARGE = 413;

  void register(@Observes Filters filters) {
    filters.register(RequestLimit::limit, AFTER_QUARKUS);
  }

  private static void limit(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!request.path().startsWith("/console")) {
      context.next();
      return;
    }
    if (announced(request.getHeader("Content-Length")) > MAX_REQUEST_BYTES) {
      context.response().setStatusCode(TOO_LARGE).putHeader("Connection", "close").end();
      return;
    }
    context.put(QUARKUS_LIMIT, MAX_REQUEST_BYTES); // for a body of unknown length
    context.next();
  }

  private static long announced(String header) {
    try {
      return header == null ? -1 : Long.parseLong(header);
    } catch (NumberFormatException malformed) {
      return -1; // the server has refused it already, or will
    }
  }
}
