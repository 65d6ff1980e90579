package dev.meridian.api;

import dev.meridian.coordinator.ConsistencyLevel;
import dev.meridian.coordinator.Durability;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the request headers of the contract, section 3. A malformed one is refused, never ignored.
 */
final class RequestOptions {

  static final String CONSISTENCY = "Meridian-Consistency";
  static final String DURABILITY = "Meridian-Durability";
  static final String SESSION = "Meridian-Session";
  static final String ON_MISS = "Meridian-On-Miss";
  static final String TIMEOUT = "Meridian-Timeout";

  private static final int MAX_TIMEOUT_MILLIS = 60_000;
  private static final long MAX_STALENESS_MILLIS = Duration.ofDays(3650).toMillis();
  private static final Pattern BOUNDED =
      Pattern.compile("bounded\\s*;\\s*max-staleness\\s*=\\s*(\\d{1,15})");
  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private RequestOptions() {}

  static ReadOptions read(MultiMap headers) {
    Optional<String> level = single(headers, CONSISTENCY);
    Optional<String> session = single(headers, SESSION);
    Optional<String> onMiss = single(headers, ON_MISS);
    Optional<String> timeout = single(headers, TIMEOUT);
    if (level.isEmpty() && session.isEmpty() && onMiss.isEmpty() && timeout.isEmpty()) {
      return ReadOptions.DEFAULTS;
    }
    return new ReadOptions(
        level.map(RequestOptions::level).orElse(ReadOptions.DEFAULTS.level()),
        session.map(SessionToken::parse).orElse(SessionToken.NONE),
        onMiss.map(RequestOptions::degrade).orElse(false),
        timeout.map(RequestOptions::timeout).orElse(ReadOptions.DEFAULTS.timeout()));
  }

  static WriteOptions write(MultiMap headers) {
    Optional<String> durability = single(headers, DURABILITY);
    Optional<String> session = single(headers, SESSION);
    Optional<String> timeout = single(headers, TIMEOUT);
    Optional<String> onMiss = single(headers, ON_MISS);
    single(headers, CONSISTENCY).map(RequestOptions::level);
    refuseIdempotencyKey(headers);
    return new WriteOptions(
        durability.map(RequestOptions::durability).orElse(Durability.LOCAL),
        session.map(SessionToken::parse).orElse(SessionToken.NONE),
        precondition(headers),
        onMiss.map(RequestOptions::degrade).orElse(false),
        timeout.map(RequestOptions::timeout).orElse(WriteOptions.DEFAULTS.timeout()),
        traceparent(headers));
  }

  /** {@code If-Match} and {@code If-None-Match} of a write. */
  private static Precondition precondition(MultiMap headers) {
    Optional<Precondition> match =
        EntityTags.parse("If-Match", headers.getAll("If-Match")).map(EntityTags::ifMatch);
    Optional<Precondition> noneMatch =
        EntityTags.parse("If-None-Match", headers.getAll("If-None-Match"))
            .map(EntityTags::ifNoneMatch);
    if (match.isPresent() && noneMatch.isPresent()) {
      return new Precondition.Both(match.get(), noneMatch.get());
    }
    return match.or(() -> noneMatch).orElse(Precondition.NONE);
  }

  /** True for {@code Prefer: return=minimal}. */
  static boolean prefersMinimal(MultiMap headers) {
    return prefers(headers, "return=minimal");
  }

  static boolean prefers(MultiMap headers, String preference) {
    for (String line : headers.getAll("Prefer")) {
      for (String each : line.split(",")) {
        if (each.strip().toLowerCase(Locale.ROOT).equals(preference)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void refuseIdempotencyKey(MultiMap headers) {
    if (headers.contains("Idempotency-Key")) {
      throw invalid(
          "Idempotency-Key",
          "is not offered by this release; to repeat a write safely, use PUT with If-None-Match: *");
    }
  }

  private static ConsistencyLevel level(String text) {
    return switch (text) {
      case "eventual", "prefix" -> new ConsistencyLevel.Eventual();
      case "session", "read-your-writes", "monotonic-reads", "causal" ->
          new ConsistencyLevel.Session();
      case "quorum" -> new ConsistencyLevel.Quorum();
      case "strong" -> new ConsistencyLevel.Strong();
      default -> {
        Matcher bounded = BOUNDED.matcher(text);
        if (!bounded.matches()) {
          throw invalid(
              CONSISTENCY, "is eventual, session, bounded;max-staleness=<ms>, quorum or strong");
        }
        long millis = Math.min(Long.parseLong(bounded.group(1)), MAX_STALENESS_MILLIS);
        yield new ConsistencyLevel.Bounded(Duration.ofMillis(millis));
      }
    };
  }

  private static Durability durability(String text) {
    return switch (text) {
      case "none" -> Durability.NONE;
      case "local" -> Durability.LOCAL;
      case "remote-write" -> Durability.REMOTE_WRITE;
      case "remote-apply" -> Durability.REMOTE_APPLY;
      case "quorum" -> Durability.QUORUM;
      case "all" -> Durability.ALL;
      default ->
          throw invalid(DURABILITY, "is none, local, remote-write, remote-apply, quorum or all");
    };
  }

  private static boolean degrade(String text) {
    return switch (text) {
      case "fail" -> false;
      case "degrade" -> true;
      default -> throw invalid(ON_MISS, "is fail or degrade");
    };
  }

  private static Duration timeout(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MAX_TIMEOUT_MILLIS) {
      throw invalid(TIMEOUT, "is a number of milliseconds from 0 to " + MAX_TIMEOUT_MILLIS);
    }
    return Duration.ofMillis(Integer.parseInt(text));
  }

  /** A trace context that is malformed is as if it were absent (W3C Trace Context, section 3.2). */
  private static String traceparent(MultiMap headers) {
    String value = headers.get("traceparent");
    return value != null && TRACEPARENT.matcher(value).matches() ? value : "";
  }

  private static Optional<String> single(MultiMap headers, String name) {
    String value = headers.get(name);
    if (value == null) {
      return Optional.empty();
    }
    List<String> all = headers.getAll(name);
    if (all.size() > 1) {
      throw invalid(name, "may be sent once only");
    }
    return Optional.of(value.strip());
  }

  static StoreFailure invalid(String header, String expected) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_HEADER, header + " " + expected);
  }
}
