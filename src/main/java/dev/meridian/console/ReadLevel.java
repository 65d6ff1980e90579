package dev.meridian.console;

import dev.meridian.coordinator.ConsistencyLevel;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** What a read can ask for, in words. */
enum ReadLevel {
  EVENTUAL("eventual", "whatever is here, at once"),
  SESSION("session", "no less than this page saw or wrote"),
  BOUNDED("bounded", "nothing older than the time given"),
  QUORUM("quorum", "what a majority of the regions agrees on"),
  STRONG("strong", "not offered: every region writes active-active collections");

  private final String text;
  private final String meaning;

  ReadLevel(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  /** The level in the words of the request header. */
  String text() {
    return text;
  }

  String meaning() {
    return meaning;
  }

  /** Whether it can be had of any collection there is. */
  boolean offered() {
    return this != STRONG;
  }

  static Optional<ReadLevel> of(String text) {
    return Stream.of(values()).filter(each -> each.text.equals(text)).findFirst();
  }

  static ReadLevel of(ConsistencyLevel level) {
    return switch (level) {
      case ConsistencyLevel.Eventual any -> EVENTUAL;
      case ConsistencyLevel.Session any -> SESSION;
      case ConsistencyLevel.Bounded any -> BOUNDED;
      case ConsistencyLevel.Quorum any -> QUORUM;
      case ConsistencyLevel.Strong any -> STRONG;
    };
  }

  /**
   * @param maxStaleness for {@link #BOUNDED}
   */
  ConsistencyLevel level(Duration maxStaleness) {
    return switch (this) {
      case EVENTUAL -> new ConsistencyLevel.Eventual();
      case SESSION -> new ConsistencyLevel.Session();
      case BOUNDED -> new ConsistencyLevel.Bounded(maxStaleness);
      case QUORUM -> new ConsistencyLevel.Quorum();
      case STRONG -> new ConsistencyLevel.Strong();
    };
  }
}
