package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

/** Refuses query parameters that would otherwise be ignored. */
final class QueryParameters {

  private QueryParameters() {}

  static void none(HttpServerRequest request) {
    if (request.query() != null) {
      only(request, Set.of());
    }
  }

  static void only(HttpServerRequest request, Set<String> allowed) {
    for (String name : request.params().names()) {
      if (!allowed.contains(name) && isInQuery(request, name)) {
        throw new StoreFailure.CallerMistake(
            FailureCode.INVALID_REQUEST,
            "this release does not know the query parameter '"
                + (name.length() > 64 ? name.substring(0, 64) + "…" : name)
                + "' here");
      }
      if (allowed.contains(name) && request.params().getAll(name).size() > 1) {
        throw new StoreFailure.CallerMistake(
            FailureCode.INVALID_REQUEST, "'" + name + "' may be given once only");
      }
    }
  }

  /** Path parameters share the map with those of the query. */
  private static boolean isInQuery(HttpServerRequest request, String name) {
    return request.query() != null && request.query().contains(name);
  }
}
