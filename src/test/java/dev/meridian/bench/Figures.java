package dev.meridian.bench;

import java.util.Arrays;
import java.util.Locale;

/** Lines of a report: a figure, its spread over the rounds, and its target. */
final class Figures {

  private static final String LINE = "  %-50s %10s  %21s  %12s  %s%n";

  private Figures() {}

  static void head(String title) {
    System.out.printf("%n%s%n", title);
    System.out.printf(LINE, "", "median", "min…max", "target", "");
  }

  /** A figure that has no target. */
  static void plain(String name, String unit, double... rounds) {
    line(name, unit, "", "", rounds);
  }

  static void atMost(double target, String name, String unit, double... rounds) {
    String met = median(rounds) <= target ? "met" : "MISSED";
    line(name, unit, "<= " + number(target), met, rounds);
  }

  static void atLeast(double target, String name, String unit, double... rounds) {
    String met = median(rounds) >= target ? "met" : "MISSED";
    line(name, unit, ">= " + number(target), met, rounds);
  }

  private static void line(String name, String unit, String target, String met, double[] rounds) {
    double[] sorted = sorted(rounds);
    String spread = number(sorted[0]) + "…" + number(sorted[sorted.length - 1]);
    System.out.printf(
        LINE,
        name + (unit.isEmpty() ? "" : ", " + unit),
        number(median(rounds)),
        spread,
        target,
        met);
  }

  static double median(double... rounds) {
    double[] sorted = sorted(rounds);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] sorted(double[] rounds) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : "%.2f", value);
  }
}
