package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.clock.VersionId;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/** What of a document's past is looked at, as its address says. */
sealed interface PastState {

  String VERSION = "version";
  String COMPARE = "compare";
  String AS_OF = "asOf";

  /** Nothing in particular. */
  record Nothing() implements PastState {}

  /** One version. */
  record One(VersionId version) implements PastState {}

  /** Two versions, the older one first. */
  record Two(VersionId before, VersionId after) implements PastState {

    static Two of(VersionId one, VersionId other) {
      return one.compareTo(other) < 0 ? new Two(one, other) : new Two(other, one);
    }
  }

  /** The document at one time. */
  record AsOf(long millis) implements PastState {}

  /**
   * The address means none of these.
   *
   * @param problem what is wrong with it, for a person
   */
  record Unclear(String problem) implements PastState {}

  static PastState of(QueryParameters parameters) {
    try {
      if (parameters.getSingleParameter(COMPARE).isPresent()) {
        String[] two = parameters.getSingleParameter(COMPARE).get().split("~", -1);
        return two.length == 2
            ? Two.of(VersionId.parse(two[0]), VersionId.parse(two[1]))
            : new Unclear("compare is two versions with ~ between them.");
      }
      if (parameters.getSingleParameter(VERSION).isPresent()) {
        return new One(VersionId.parse(parameters.getSingleParameter(VERSION).get()));
      }
      if (parameters.getSingleParameter(AS_OF).isPresent()) {
        OptionalLong at = Moments.parse(parameters.getSingleParameter(AS_OF).get(), ZoneOffset.UTC);
        return at.isPresent()
            ? new AsOf(at.getAsLong())
            : new Unclear("asOf is a time such as 2026-01-31T12:00:00.000Z.");
      }
      return new Nothing();
    } catch (IllegalArgumentException malformed) {
      return new Unclear(String.valueOf(malformed.getMessage()));
    }
  }

  /** The same part of an address; empty for nothing in particular. */
  default String query() {
    return switch (this) {
      case Nothing none -> "";
      case Unclear unclear -> "";
      case One one -> VERSION + "=" + one.version();
      case Two two -> COMPARE + "=" + two.before() + "~" + two.after();
      case AsOf asOf -> AS_OF + "=" + Moments.rfc3339(asOf.millis());
    };
  }
}
