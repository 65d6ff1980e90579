package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.coordinator.ConsistencyLevel;
import dev.meridian.coordinator.ConsistencyLevel.Bounded;
import dev.meridian.coordinator.Durability;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a page asks of its reads and writes, as its address says.
 *
 * @param degrade whether less will do when it cannot be had
 */
record Guarantees(ConsistencyLevel level, Durability durability, boolean degrade) {

  /** How old an answer may be, unless somebody says otherwise. */
  static final Duration USUAL_STALENESS = Duration.ofSeconds(5);

  static final Guarantees USUAL =
      new Guarantees(ReadOptions.DEFAULTS.level(), WriteOptions.DEFAULTS.durability(), false);

  private static final String LEVEL = "level";
  private static final String MAX_STALENESS = "maxStaleness";
  private static final String DURABILITY = "durability";
  private static final String ON_MISS = "onMiss";
  private static final String DEGRADE = "degrade";

  /** Throws {@code invalid-request} for what means nothing; it is never ignored. */
  static Guarantees of(QueryParameters parameters) {
    Duration staleness =
        parameters
            .getSingleParameter(MAX_STALENESS)
            .map(text -> staleness(text).orElseThrow(() -> unclear(MAX_STALENESS, "milliseconds")))
            .orElse(USUAL_STALENESS);
    ConsistencyLevel level =
        parameters
            .getSingleParameter(LEVEL)
            .map(
                text ->
                    ReadLevel.of(text)
                        .orElseThrow(
                            () -> unclear(LEVEL, "eventual, session, bounded, quorum or strong")))
            .map(chosen -> chosen.level(staleness))
            .orElse(USUAL.level());
    Durability durability =
        parameters
            .getSingleParameter(DURABILITY)
            .map(
                text ->
                    Stream.of(Durability.values())
                        .filter(each -> each.text().equals(text))
                        .findFirst()
                        .orElseThrow(
                            () ->
                                unclear(
                                    DURABILITY,
                                    "none, local, remote-write, remote-apply, quorum or all")))
            .orElse(USUAL.durability());
    return new Guarantees(
        level,
        durability,
        parameters.getSingleParameter(ON_MISS).map(Guarantees::degrades).orElse(USUAL.degrade()));
  }

  /** Milliseconds as a person writes them. */
  static Optional<Duration> staleness(String text) {
    return text.matches("\\d{1,9}")
        ? Optional.of(Duration.ofMillis(Long.parseLong(text)))
        : Optional.empty();
  }

  private static boolean degrades(String text) {
    return switch (text) {
      case DEGRADE -> true;
      case "fail" -> false;
      default -> throw unclear(ON_MISS, "fail or degrade");
    };
  }

  private static StoreFailure unclear(String name, String expected) {
    return new StoreFailure.CallerMistake(
        FailureCode.INVALID_REQUEST, "'" + name + "' in this address is " + expected);
  }

  Guarantees with(ConsistencyLevel other) {
    return new Guarantees(other, durability, degrade);
  }

  Guarantees with(Durability other) {
    return new Guarantees(level, other, degrade);
  }

  Guarantees with(boolean less) {
    return new Guarantees(level, durability, less);
  }

  /** The same part of an address, without what is usual; empty when all is. */
  String query() {
    List<String> parts = new ArrayList<>();
    if (!level.equals(USUAL.level())) {
      parts.add(LEVEL + "=" + ReadLevel.of(level).text());
    }
    if (level instanceof Bounded(Duration most)) {
      parts.add(MAX_STALENESS + "=" + most.toMillis());
    }
    if (durability != USUAL.durability()) {
      parts.add(DURABILITY + "=" + durability.text());
    }
    if (degrade) {
      parts.add(ON_MISS + "=" + DEGRADE);
    }
    return String.join("&", parts);
  }

  ReadOptions read(SessionToken session) {
    return new ReadOptions(level, session, degrade, ReadOptions.DEFAULTS.timeout());
  }

  WriteOptions write(SessionToken session, Precondition condition) {
    return new WriteOptions(
        durability, session, condition, degrade, WriteOptions.DEFAULTS.timeout(), "");
  }
}
