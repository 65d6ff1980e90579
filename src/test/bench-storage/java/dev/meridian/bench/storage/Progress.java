package dev.meridian.bench.storage;

import java.util.Locale;

/** What is being done: one line that changes on a terminal, else a line for each phase. */
final class Progress {

  private final boolean terminal = System.console() != null && System.console().isTerminal();
  private String store = "";
  private String phase = "";
  private long since = System.nanoTime();

  void store(String name) {
    store = name;
  }

  void phase(String name) {
    phase = name;
    since = System.nanoTime();
    if (terminal) {
      show("");
    } else {
      System.out.println(store + ": " + name);
    }
  }

  /**
   * @param total 0 when it is not known
   */
  void at(long done, long total) {
    if (terminal) {
      show(total == 0 ? "" : String.format(Locale.ROOT, ", %,d of %,d", done, total));
    }
  }

  void clear() {
    if (terminal) {
      System.out.print("\r\033[K");
    }
  }

  private void show(String detail) {
    System.out.printf(
        Locale.ROOT,
        "\r\033[K%s: %s%s, %d s ",
        store,
        phase,
        detail,
        (System.nanoTime() - since) / 1_000_000_000);
    System.out.flush();
  }
}
