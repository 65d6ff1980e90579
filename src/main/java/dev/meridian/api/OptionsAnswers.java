package dev.meridian.api;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;

/**
 * Answers OPTIONS with what a path takes; the framework would name what all paths of a resource
 * take together. Questions of browsers about other origins have been answered before.
 */
class OptionsAnswers {

  private static final int AFTER_CORS = 2;

  void register(@Observes Filters filters) {
    filters.register(OptionsAnswers::answer, AFTER_CORS);
  }

  private static void answer(RoutingContext context) {
    String allowed =
        context.request().method().equals(HttpMethod.OPTIONS)
            ? KnownPaths.allowed(context.request().path())
            : "";
    if (allowed.isEmpty()) {
      context.next();
      return;
    }
    put(context.response(), allowed);
    context.response().end();
  }

  /** The headers of a path with these methods, {@code Accept-Patch} (RFC 5789, 3.1) among them. */
  static void put(HttpServerResponse response, String allowed) {
    response.putHeader("Allow", allowed + ", OPTIONS");
    if (allowed.contains("PATCH")) {
      response.putHeader("Accept-Patch", PatchResource.OFFERED);
    }
  }
}
