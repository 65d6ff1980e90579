import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the person at the terminal sees of a load: a bar on a terminal, a line now and then
 * elsewhere.
 */
final class Progress {
  private static final int BAR_WIDTH = 28;
  private static final int EXAMPLES_PER_CODE = 3;
  private static final long TERMINAL_INTERVAL_NANOS = 100_000_000L;
  private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

  private final PrintStream out = System.out;
  private final String name;
  private final boolean terminal;
  private final long size;
  private final LoadState begin;
  private final long startNanos = System.nanoTime();
  private final Map<String, Failures> failures = new TreeMap<>();
  private long shownNanos = startNanos;

  private static final class Failures {
    private long count;
    private final List<String> examples = new ArrayList<>();
  }

  Progress(String name, boolean terminal, long size, LoadState begin) {
    this.name = name;
    this.terminal = terminal;
    this.size = size;
    this.begin = begin;
  }

  void failed(String id, String code, String detail) {
    var same = failures.computeIfAbsent(code, _ -> new Failures());
    same.count++;
    if (same.examples.size() < EXAMPLES_PER_CODE) {
      same.examples.add(id + ": " + detail);
    }
  }

  /** Shows how far the load is, if it is time to. */
  void show(LoadState now) {
    long nanos = System.nanoTime();
    if (nanos - shownNanos < (terminal ? TERMINAL_INTERVAL_NANOS : LOG_INTERVAL_NANOS)) {
      return;
    }
    shownNanos = nanos;
    double seconds = seconds();
    double done = size == 0 ? 1 : (double) now.offset() / size;
    double bytesPerSecond = (now.offset() - begin.offset()) / seconds;
    var left = bytesPerSecond > 0 ? clock((size - now.offset()) / bytesPerSecond) : "?";
    int filled = (int) (done * BAR_WIDTH);
    var bar = "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled);
    var text =
        String.format(
            Locale.ROOT,
            "%s [%s] %3d %%  %,d  %,d/s  %s left",
            name,
            bar,
            (int) (done * 100),
            now.loaded(),
            rate(now, seconds),
            left);
    if (terminal) {
      out.printf("\r%-79s", text);
      out.flush();
    } else {
      out.println(text);
    }
  }

  /** The last words of a load, whether or not it came to the end. */
  void summary(LoadState now) {
    double seconds = seconds();
    if (terminal) {
      out.printf("\r%-79s\r", "");
    }
    out.printf(
        Locale.ROOT,
        "%s: %,d documents loaded%s, %,d failed, in %.1f s (%,d/s)%n",
        name,
        now.loaded(),
        begin.offset() == 0 ? "" : String.format(Locale.ROOT, " (%,d earlier)", begin.loaded()),
        now.failed(),
        seconds,
        rate(now, seconds));
    failures.forEach(
        (code, same) -> {
          out.printf(Locale.ROOT, "  %s: %,d%n", code, same.count);
          same.examples.forEach(example -> out.println("    " + example));
        });
    out.flush();
  }

  private long rate(LoadState now, double seconds) {
    return Math.round((now.loaded() - begin.loaded()) / seconds);
  }

  private double seconds() {
    return Math.max(0.001, (System.nanoTime() - startNanos) / 1e9);
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }
}
