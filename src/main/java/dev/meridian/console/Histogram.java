package dev.meridian.console;

import dev.meridian.coordinator.StorageStatus.Bucket;
import java.util.ArrayList;
import java.util.List;

/** How long the last forces took. */
class Histogram extends Bars {

  private static final double FULL = 100;

  Histogram() {
    super("How long a force took", List.of("Took", "Forces", "Share"));
  }

  void show(List<Bucket> buckets) {
    long most = buckets.stream().mapToLong(Bucket::count).max().orElse(0);
    long all = buckets.stream().mapToLong(Bucket::count).sum();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < buckets.size(); i++) {
      Bucket bucket = buckets.get(i);
      String bound = Double.isInfinite(bucket.upToMs()) ? "∞" : Words.plain(bucket.upToMs());
      rows.add(
          new Row(
              label(buckets, i),
              bound,
              most == 0 ? 0 : FULL * bucket.count() / most,
              Links.Tone.IDLE,
              List.of(Words.count(bucket.count()), Words.percent(bucket.count(), all))));
    }
    show(rows, summary(buckets, all));
  }

  /** Up to 2 ms; in the last bucket more than 500 ms. */
  static String label(List<Bucket> buckets, int index) {
    double bound = buckets.get(index).upToMs();
    if (!Double.isInfinite(bound)) {
      return "up to " + Words.plain(bound) + " ms";
    }
    return index == 0 ? "any" : "over " + Words.plain(buckets.get(index - 1).upToMs()) + " ms";
  }

  private static String summary(List<Bucket> buckets, long all) {
    int fullest = 0;
    for (int i = 1; i < buckets.size(); i++) {
      if (buckets.get(i).count() > buckets.get(fullest).count()) {
        fullest = i;
      }
    }
    return all == 0
        ? "Histogram of force times: nothing was forced yet"
        : "Histogram of "
            + Words.count(all, "force", "forces")
            + "; most often "
            + label(buckets, fullest)
            + ". The table below has the figures.";
  }
}
