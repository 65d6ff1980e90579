package dev.meridian.bench.storage;

/** What a child tells its parent: lines on standard output, told from anything else by a mark. */
final class Report {

  static final String MARK = "@meridian-bench ";

  /** {@code row <tab> name <tab> decimals <tab> values of the rounds, separated by spaces}. */
  static final String ROW = "row";

  static final String SET_UP = "set-up";
  static final String PHASE = "phase";
  static final String PROGRESS = "progress";
  static final String ACKNOWLEDGED = "acknowledged";

  private Report() {}

  static synchronized void say(String kind, Object... parts) {
    StringBuilder line = new StringBuilder(MARK).append(kind);
    for (Object part : parts) {
      line.append('\t').append(part);
    }
    System.out.println(line);
    System.out.flush();
  }

  static void row(String name, int decimals, double... rounds) {
    StringBuilder values = new StringBuilder();
    for (double round : rounds) {
      values.append(values.isEmpty() ? "" : " ").append(round);
    }
    say(ROW, name, decimals, values);
  }
}
