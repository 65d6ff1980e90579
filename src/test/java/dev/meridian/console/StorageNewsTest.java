package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.coordinator.StorageStatus;
import dev.meridian.coordinator.StorageStatus.Bucket;
import dev.meridian.coordinator.StorageStatus.CacheFigures;
import dev.meridian.coordinator.StorageStatus.DamageReport;
import dev.meridian.coordinator.StorageStatus.DiskFigures;
import dev.meridian.coordinator.StorageStatus.LogFigures;
import dev.meridian.coordinator.StorageStatus.MemtableFigures;
import dev.meridian.coordinator.StorageStatus.MergeFigures;
import dev.meridian.coordinator.StorageStatus.ScrubFigures;
import dev.meridian.coordinator.StorageStatus.TableFigures;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StorageNewsTest {

  private static final long GIB = 1L << 30;

  @Test
  void allIsWellSaysWhatThereIs() {
    assertEquals(
        "All is well: 1 table of 2.0 GiB, writes forced in 1 ms p99, 60% of the disk free",
        StorageNews.of(status("", 1.2, 60, 0, "serving")).text());
  }

  @Test
  void theWorstComesFirst() {
    Headline news =
        StorageNews.of(status("no space left", 1, 8, 0, "rebuilding", "rebuilding", "unrepaired"));
    assertEquals(Links.Tone.BAD, news.tone());
    assertEquals(
        "Writes are refused: no space left · 1 file is damaged and not repaired"
            + " · 1 file is being rebuilt after damage"
            + " · The disk fills up: only 8.0 GiB of 100 GiB are free",
        news.text());
  }

  @Test
  void aSlowDiskAndAFullQueueAreLate() {
    Headline news = StorageNews.of(status("", 140, 60, 900, "serving"));
    assertEquals(Links.Tone.LATE, news.tone());
    assertEquals(
        "The disk is slow: forcing a write takes 140 ms p99"
            + " · Writes wait for the disk: 900 changes queued",
        news.text());
  }

  @Test
  void whatWasRebuiltIsNoTrouble() {
    assertEquals(
        Links.Tone.GOOD, StorageNews.of(status("", 1, 60, 0, "serving", "rebuilt")).tone());
  }

  @Test
  void figuresAreInHumanUnits() {
    assertEquals("0.4%", Words.percent(4, 1000));
    assertEquals("38%", Words.percent(38, 100));
    assertEquals("99.9%", Words.percent(999, 1000));
    assertEquals("–", Words.percent(0, 0));
    assertEquals("2.4×", Words.times(2.4));
    assertEquals("–", Words.times(Double.NaN));
    assertEquals("0.25", Words.plain(0.25));
    assertEquals("1000", Words.plain(1000));
    assertEquals("2 min ago", Words.ago("2026-01-31T12:00:00Z", 1_769_860_920_000L));
    assertEquals("–", Words.ago("", 0));
    List<Bucket> buckets =
        List.of(new Bucket(0.5, 1), new Bucket(1, 2), new Bucket(Double.POSITIVE_INFINITY, 0));
    assertEquals("up to 0.5 ms", Histogram.label(buckets, 0));
    assertEquals("over 1 ms", Histogram.label(buckets, 2));
  }

  private static StorageStatus status(
      String problem, double p99, long freeGib, int queued, String table, String... damages) {
    return new StorageStatus(
        new LogFigures(
            problem.isEmpty(), problem, 9, 9, 8, 1000, 64, 1, 64, 0.4, p99, List.of(), 9, 1, 1),
        new MemtableFigures(0, 64, 0, queued, 1000, 0, 0),
        List.of(new TableFigures("t1", 10, 2 * GIB, 4 * GIB, 1, 8, "", table)),
        new MergeFigures(false, 0, 0, 0, 0, 1, 1),
        new CacheFigures(0, 64, 0, 0, 0, 0),
        new DiskFigures("data", freeGib * GIB, 100 * GIB, 3),
        new ScrubFigures("never", "", "", 0, 0, 0),
        Stream.of(damages)
            .map(state -> new DamageReport("2026-01-31T12:00:00Z", state, 0, "checksum", state))
            .toList());
  }
}
