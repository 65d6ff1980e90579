package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import dev.meridian.coordinator.ClusterStatus.RegionStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeadlineTest {

  @Test
  void oneRegionIsAlone() {
    assertEquals(
        "Region local is alone: no peers configured",
        Headline.of(List.of(report("local", true, 0, "normal", Map.of()))).text());
  }

  @Test
  void inStepNamesTheSlowestLink() {
    assertEquals(
        "All 3 regions in step; slowest link ap→us 9 ms p99",
        Headline.of(
                List.of(
                    report("eu", link("us", "eu", 4), link("ap", "eu", 5)),
                    report("us", link("eu", "us", 3), link("ap", "us", 9)),
                    report("ap", link("eu", "ap", 4), link("us", "ap", 5))))
            .text());
  }

  @Test
  void aLinkThatMissesAnObjectiveIsLate() {
    Headline news =
        Headline.of(
            List.of(
                report("eu", ToldLinks.link("us", "eu", 142, ToldLinks.objectives(1, 5, 1, 1))),
                report("us", ToldLinks.link("eu", "us", 3, ToldLinks.objectives(1, 1, 2, 1)))));
    assertEquals(
        "Both regions connected; us→eu is late: p95 128 ms, objective 100 ms", news.text());
    assertEquals(Links.Tone.LATE, news.tone());
  }

  @Test
  void howLongALagMayBeIsForTheObjectivesToSay() {
    Headline news =
        Headline.of(
            List.of(
                report("eu", ToldLinks.link("us", "eu", 142, ToldLinks.objectives(1, 1, 1, 1))),
                report("us", ToldLinks.link("eu", "us", 3, List.of()))));
    assertEquals("Both regions in step; slowest link us→eu 142 ms p99", news.text());
    assertEquals(Links.Tone.GOOD, news.tone());
  }

  @Test
  void anUnreachableRegionSaysHowLongAndWhatWaits() {
    Headline news =
        Headline.of(
            List.of(
                report("eu", true, 0, "normal", Map.of("eu", 50L, "us", 7L)),
                report("us", false, 12_400, "normal", Map.of("eu", 9L, "us", 7L))));
    assertEquals("us unreachable for 12 s; 41 changes wait", news.text());
    assertEquals(Links.Tone.BAD, news.tone());
  }

  @Test
  void aRegionNeverHeardOfSaysSo() {
    RegionReport silent = new RegionReport(region("us"), Optional.empty(), 0, false);
    assertEquals(
        "us has not answered since this node started",
        Headline.of(List.of(report("eu", true, 0, "normal", Map.of()), silent)).text());
  }

  @Test
  void refusedWritesComeFirst() {
    assertEquals(
        "Region eu takes no writes: read-only",
        Headline.of(
                List.of(
                    report("eu", true, 0, "read-only", Map.of()),
                    report("us", false, 5_000, "normal", Map.of())))
            .text());
  }

  private static LinkStatus link(String from, String to, double p99) {
    return ToldLinks.link(from, to, p99, List.of());
  }

  private static RegionReport report(String id, LinkStatus... links) {
    return new RegionReport(
        region(id), Optional.of(status(id, "normal", Map.of(), links)), 0, true);
  }

  private static RegionReport report(
      String id, boolean reachable, long age, String mode, Map<String, Long> vector) {
    return new RegionReport(region(id), Optional.of(status(id, mode, vector)), age, reachable);
  }

  private static RegionStatus region(String id) {
    return new RegionStatus(id, "http://127.0.0.1", "up", 0, 0, 0, "", "", "");
  }

  private static ClusterStatus status(
      String id, String mode, Map<String, Long> vector, LinkStatus... links) {
    return new ClusterStatus(
        id,
        "0".repeat(16),
        "0".repeat(16),
        mode,
        List.of(region(id)),
        Stream.of(links).toList(),
        new ClusterStatus.WalStatus(0, 0, 0, 0, 0, new ClusterStatus.ForceMillis(0, 0)),
        new ClusterStatus.ConflictCounts(0, 0),
        vector,
        List.of(),
        ClusterStatus.IncarnationStatus.UNKNOWN,
        Map.of());
  }
}
