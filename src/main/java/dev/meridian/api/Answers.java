package dev.meridian.api;

import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.ConsistencyLevel;
import dev.meridian.document.Bytes;
import dev.meridian.document.Revision;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import jakarta.ws.rs.core.Response;

/** Puts the response headers of the contract, section 4, on answers. */
final class Answers {

  static final String VERSION = "Meridian-Version";
  static final String REGION = "Meridian-Region";

  private Answers() {}

  /** A body that shares the bytes: nothing is copied. */
  @SuppressWarnings("deprecation") // the one way to wrap a slice; its successor has another package
  static Buffer body(Bytes bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()));
  }

  static Response.ResponseBuilder withAnswer(
      Response.ResponseBuilder response, String region, String asked, Answer answer) {
    long waitMillis = answer.waitNanos() / 1_000_000;
    response
        .header(RequestOptions.SESSION, answer.session().text())
        .header(REGION, region)
        .header("Meridian-Staleness", Long.toString(answer.stalenessMillis()))
        .header("Meridian-Request-Charge", Long.toString(answer.charge()))
        .header("Meridian-Receipt", receipt(region, asked, answer, waitMillis));
    if (answer.waitNanos() > 0) {
      response.header("Server-Timing", "wait;dur=" + waitMillis);
    }
    return response;
  }

  static Response.ResponseBuilder withRevision(
      Response.ResponseBuilder response, Revision revision) {
    String text = revision.toString();
    return response
        .header("ETag", "\"" + text + "\"")
        .header(VERSION, revision.versions().getFirst().toString());
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
