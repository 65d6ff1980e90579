package dev.meridian.api;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.coordinator.Documents;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;

/** The query of a list, read and checked. */
record ListQuery(Documents.ListRequest request, boolean withBodies) {

  private static final int DEFAULT_LIMIT = 100;
  private static final Set<String> NAMES =
      Set.of("prefix", "limit", "cursor", "docs", AsOf.PARAMETER);

  static ListQuery parse(HttpServerRequest http) {
    QueryParameters.only(http, NAMES);
    String prefix = Optional.ofNullable(http.getParam("prefix")).orElse("");
    if (prefix.length() > DocumentId.MAX_BYTES) {
      throw invalid("'prefix' is at most " + DocumentId.MAX_BYTES + " bytes long");
    }
    Optional<ListCursor> cursor =
        Optional.ofNullable(http.getParam("cursor")).map(ListCursor::parse);
    Optional<HlcTimestamp> asOf = AsOf.ofParameter(http, AsOf.PARAMETER);
    if (cursor.isPresent() && asOf.isPresent() && !cursor.get().asOf().equals(asOf.get())) {
      throw invalid("the cursor belongs to a list as of another time");
    }
    return new ListQuery(
        new Documents.ListRequest(
            prefix,
            limit(http.getParam("limit")),
            cursor.map(ListCursor::last),
            cursor.map(ListCursor::asOf).or(() -> asOf)),
        docs(http.getParam("docs")));
  }

  /** The same list from {@code cursor} on. */
  String link(CollectionName collection, String cursor) {
    return "/v1/collections/"
        + collection
        + "/docs?limit="
        + request.limit()
        + (request.prefix().isEmpty()
            ? ""
            : "&prefix=" + DocumentResource.encoded(request.prefix()))
        + (withBodies ? "" : "&docs=false")
        + "&cursor="
        + cursor;
  }

  static int limit(String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    boolean number = text.matches("\\d{1,4}");
    if (!number
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > Documents.ListRequest.MAX_LIMIT) {
      throw invalid("'limit' is a number from 1 to " + Documents.ListRequest.MAX_LIMIT);
    }
    return Integer.parseInt(text);
  }

  static boolean docs(String text) {
    if (text == null || text.equals("true")) {
      return true;
    }
    if (text.equals("false")) {
      return false;
    }
    throw invalid("'docs' is true or false");
  }

  private static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
  }
}
