package dev.meridian.api;

import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.ConsistencyLevel;
import dev.meridian.document.Bytes;
import dev.meridian.document.Revision;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** Puts the response headers of the contract, section 4, on answers. */
final class Answers {

  static final String VERSION = "Meridian-Version";
  static final String REGION = "Meridian-Region";

  /** Names that need not be checked again for each answer. */
  private static final CharSequence SESSION_NAME =
      HttpHeaders.createOptimized(RequestOptions.SESSION);

  private static final CharSequence REGION_NAME = HttpHeaders.createOptimized(REGION);
  private static final CharSequence VERSION_NAME = HttpHeaders.createOptimized(VERSION);
  private static final CharSequence ETAG_NAME = HttpHeaders.createOptimized("ETag");
  private static final CharSequence STALENESS_NAME =
      HttpHeaders.createOptimized("Meridian-Staleness");
  private static final CharSequence CHARGE_NAME =
      HttpHeaders.createOptimized("Meridian-Request-Charge");
  private static final CharSequence RECEIPT_NAME = HttpHeaders.createOptimized("Meridian-Receipt");

  private Answers() {}

  /** A body that shares the bytes: nothing is copied. */
  @SuppressWarnings("deprecation") // the one way to wrap a slice; its successor has another package
  static Buffer body(Bytes bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()));
  }

  /**
   * What comes with every answer about data, put straight into the server's response: a detour by
   * the resource's own map of headers costs as much as the read.
   */
  static void put(HttpServerResponse response, String region, String asked, Answer answer) {
    long waitMillis = answer.waitNanos() / 1_000_000;
    MultiMap headers = response.headers();
    headers.set(SESSION_NAME, answer.session().text());
    headers.set(REGION_NAME, region);
    headers.set(STALENESS_NAME, Long.toString(answer.stalenessMillis()));
    headers.set(CHARGE_NAME, Long.toString(answer.charge()));
    headers.set(RECEIPT_NAME, receipt(region, asked, answer, waitMillis));
    if (answer.waitNanos() > 0) {
      headers.set("Server-Timing", "wait;dur=" + waitMillis);
    }
  }

  static void put(HttpServerResponse response, Revision revision) {
    String text = revision.toString();
    response.headers().set(ETAG_NAME, "\"" + text + "\"");
    response.headers().set(VERSION_NAME, revision.versions().getFirst().toString());
  }

  /** An RFC 8941 dictionary. */
  private static String receipt(String region, String asked, Answer answer, long waitMillis) {
    return "asked="
        + asked
        + ", got="
        + answer.got()
        + ", regions=("
        + region
        + "), wait-ms="
        + waitMillis
        + ", staleness-ms="
        + answer.stalenessMillis();
  }

  static String name(ConsistencyLevel level) {
    return switch (level) {
      case ConsistencyLevel.Eventual eventual -> "eventual";
      case ConsistencyLevel.Session session -> "session";
      case ConsistencyLevel.Bounded bounded -> "bounded";
      case ConsistencyLevel.Quorum quorum -> "quorum";
      case ConsistencyLevel.Strong strong -> "strong";
    };
  }
}
