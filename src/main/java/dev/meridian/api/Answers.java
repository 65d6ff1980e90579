package dev.meridian.api;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Receipt;
import dev.meridian.document.Bytes;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;

/** Puts the response headers of the contract, section 4, on answers. */
final class Answers {

  static final String VERSION = "Meridian-Version";
  static final String REGION = "Meridian-Region";
  static final String RECEIPT = "Meridian-Receipt";
  static final String CONFLICT = "Meridian-Conflict";

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
  private static final CharSequence TIMING_NAME = HttpHeaders.createOptimized("Server-Timing");
  private static final CharSequence RECEIPT_NAME = HttpHeaders.createOptimized(RECEIPT);

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
  static void put(HttpServerResponse response, String region, Answer answer) {
    Receipt receipt = answer.receipt();
    MultiMap headers = response.headers();
    headers.set(SESSION_NAME, answer.session().text());
    headers.set(REGION_NAME, region);
    headers.set(STALENESS_NAME, Long.toString(answer.stalenessMillis()));
    headers.set(CHARGE_NAME, Long.toString(answer.charge()));
    headers.set(RECEIPT_NAME, receipt(receipt, answer.stalenessMillis()));
    String timing = timing(receipt.times());
    if (!timing.isEmpty()) {
      headers.set(TIMING_NAME, timing);
    }
  }

  /**
   * The parts there were: the log, making it readable, the wait for the guarantee, and of that, for
   * other regions.
   */
  private static String timing(Receipt.Times times) {
    if (times == Receipt.Times.NONE) {
      return "";
    }
    StringBuilder text = new StringBuilder(48);
    part(text, "wal", times.logNanos());
    part(text, "apply", times.applyNanos());
    part(text, "wait", times.waitNanos());
    part(text, "wan", times.wanNanos());
    return text.toString();
  }

  private static void part(StringBuilder text, String name, long nanos) {
    if (nanos > 0) {
      long micros = nanos / 1000;
      text.append(text.isEmpty() ? "" : ", ").append(name).append(";dur=").append(micros / 1000);
      text.append('.').append((char) ('0' + micros / 100 % 10));
      text.append((char) ('0' + micros / 10 % 10));
    }
  }

  /** The same for an answer that streams, of whose pages the first one speaks. */
  static Map<String, List<String>> headers(String region, Answer answer) {
    return Map.of(
        RequestOptions.SESSION,
        List.of(answer.session().text()),
        REGION,
        List.of(region),
        STALENESS_NAME.toString(),
        List.of(Long.toString(answer.stalenessMillis())),
        RECEIPT,
        List.of(receipt(answer.receipt(), answer.stalenessMillis())));
  }

  /** For an answer whose end is known when its head has long been sent. */
  static void putTrailers(HttpServerResponse response, Answer answer) {
    response.putTrailer(RequestOptions.SESSION, answer.session().text());
    response.putTrailer(RECEIPT, receipt(answer.receipt(), answer.stalenessMillis()));
  }

  static void put(HttpServerResponse response, Revision revision) {
    put(response, revision, revision.versions().getFirst(), 1);
  }

  static void put(HttpServerResponse response, StoredDocument document) {
    put(response, document.revision(), document.version(), document.heads().siblings());
  }

  /**
   * @param shown the version in the body
   * @param siblings how many versions a client has to decide between; 1 for nothing to decide
   */
  static void put(HttpServerResponse response, Revision revision, VersionId shown, int siblings) {
    MultiMap headers = response.headers();
    headers.set(ETAG_NAME, "\"" + revision + "\"");
    headers.set(VERSION_NAME, shown.toString());
    if (siblings > 1) {
      headers.set(CONFLICT, "siblings=" + siblings);
    }
  }

  /** An RFC 8941 dictionary. */
  static String receipt(Receipt receipt, long stalenessMillis) {
    StringBuilder text = new StringBuilder(192);
    text.append("asked=").append(receipt.asked()).append(", got=").append(receipt.got());
    text.append(", why=\"").append(printable(receipt.why())).append("\", regions=(");
    boolean first = true;
    for (ReplicaId region : receipt.regions()) {
      text.append(first ? "" : " ").append(region.value());
      first = false;
    }
    text.append("), acks=").append(receipt.acks()).append(", need=").append(receipt.need());
    text.append(", wait-ms=").append(receipt.times().waitNanos() / 1_000_000);
    return text.append(", staleness-ms=").append(stalenessMillis).toString();
  }

  /** What a string of RFC 8941 may hold, without what would have to be escaped. */
  private static String printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each < ' ' || each > '~' || each == '"' || each == '\\') {
        return text.replaceAll("[^ !#-\\[\\]-~]", "?");
      }
    }
    return text;
  }
}
