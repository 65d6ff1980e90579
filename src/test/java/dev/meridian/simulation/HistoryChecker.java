package dev.meridian.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges what clients saw. Knows nothing of regions, waits or quorums: only operations, with the
 * times at which they began and ended, and versions, whose text order is their order.
 */
public final class HistoryChecker {

  /** The level of reads and writes that a session token went along with. */
  public static final String SESSION = "session";

  public static final String QUORUM = "quorum";
  public static final String BOUNDED = "bounded";

  /** What an operation did. */
  public enum Kind {
    READ,
    WRITE
  }

  /**
   * One operation of one client; a client has one at a time.
   *
   * @param level what was asked and given
   * @param version what was read or written; empty for no document
   * @param confirmed false for a write whose outcome the client was not told
   */
  public record Op(
      String client,
      Kind kind,
      String level,
      String key,
      String version,
      long startNanos,
      long endNanos,
      boolean confirmed) {}

  /** A promise that was broken. */
  public record Violation(String rule, String text) {}

  private final List<Op> ops;
  private final List<Violation> violations = new ArrayList<>();

  private HistoryChecker(List<Op> ops) {
    this.ops = ops.stream().sorted((a, b) -> Long.compare(a.startNanos(), b.startNanos())).toList();
  }

  /**
   * All that is wrong with a history.
   *
   * @param logs each region's versions in the order in which it applied them; none if not known
   * @param boundNanos the bound of bounded reads
   * @param slackNanos how far clocks may differ
   */
  public static List<Violation> check(
      List<Op> ops, List<List<String>> logs, long boundNanos, long slackNanos) {
    HistoryChecker checker = new HistoryChecker(ops);
    checker.sessions();
    logs.forEach(checker::order);
    checker.bounded(boundNanos + slackNanos);
    checker.quorum();
    return checker.violations;
  }

  private void violated(String rule, Op op, String expected) {
    violations.add(new Violation(rule, op + " expected at least " + expected));
  }

  private void sessions() {
    Map<String, String> read = new HashMap<>();
    Map<String, String> written = new HashMap<>();
    for (Op op : ops) {
      if (!op.level().equals(SESSION)) {
        continue;
      }
      String place = op.client() + "/" + op.key();
      String lastRead = read.getOrDefault(place, "");
      String lastWritten = written.getOrDefault(place, "");
      boolean isRead = op.kind() == Kind.READ;
      if (op.version().compareTo(lastWritten) < 0) {
        violated(isRead ? "read-your-writes" : "monotonic-writes", op, lastWritten);
      }
      if (op.version().compareTo(lastRead) < 0) {
        violated(isRead ? "monotonic-reads" : "writes-follow-reads", op, lastRead);
      }
      (isRead ? read : written).merge(place, op.version(), HistoryChecker::later);
    }
  }

  /** What a session saw and wrote before a write comes before that write in every region. */
  private void order(List<String> log) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      places.put(log.get(i), i);
    }
    Map<String, List<Op>> before = new HashMap<>();
    for (Op op : ops) {
      if (!op.level().equals(SESSION) || op.version().isEmpty()) {
        continue;
      }
      List<Op> past = before.computeIfAbsent(op.client(), unused -> new ArrayList<>());
      Integer place = places.get(op.version());
      if (op.kind() == Kind.WRITE && place != null) {
        for (Op earlier : past) {
          if (places.getOrDefault(earlier.version(), Integer.MAX_VALUE) > place) {
            violated(
                earlier.kind() == Kind.WRITE ? "monotonic-writes" : "writes-follow-reads",
                op,
                earlier.version() + " before it in a region's log");
          }
        }
      }
      past.add(op);
    }
  }

  private void bounded(long ageNanos) {
    for (Op op : ops) {
      if (op.kind() == Kind.READ && op.level().equals(BOUNDED)) {
        String least = "";
        for (Op write : ops) {
          boolean old = write.endNanos() <= op.startNanos() - ageNanos;
          if (write.kind() == Kind.WRITE && write.key().equals(op.key()) && old) {
            least = later(least, write.version());
          }
        }
        if (op.version().compareTo(least) < 0) {
          violated("bounded-staleness", op, least);
        }
      }
    }
  }

  private void quorum() {
    for (Op op : ops) {
      if (op.kind() != Kind.READ || !op.level().equals(QUORUM)) {
        continue;
      }
      for (Op earlier : ops) {
        boolean counts =
            earlier.level().equals(QUORUM)
                && earlier.confirmed()
                && earlier.key().equals(op.key())
                && earlier.endNanos() <= op.startNanos();
        if (counts && op.version().compareTo(earlier.version()) < 0) {
          violated(
              earlier.kind() == Kind.WRITE ? "quorum-regularity" : "quorum-monotonic-reads",
              op,
              earlier.version());
        }
      }
    }
  }

  private static String later(String a, String b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
