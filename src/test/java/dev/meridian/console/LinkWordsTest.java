package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.console.Links.Link;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.ClusterStatus.LagMillis;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkWordsTest {

  private static final LagMillis QUIET = new LagMillis(0, 0, 0, 0, 0);

  @Test
  void theObjectiveOfTheChosenPercentileDecides() {
    Link link =
        new Link(ToldLinks.link("us", "eu", 142, ToldLinks.objectives(1, 5, 1, 1)), 0, true);
    LinkWords late = LinkWords.of(link, Percentile.P95);
    assertEquals(Tone.LATE, late.tone());
    assertEquals("us to eu: p95 128 ms, over 100 ms, 0 pending", late.aloud());
    LinkWords good = LinkWords.of(link, Percentile.P99);
    assertEquals(Tone.GOOD, good.tone());
    assertEquals("us to eu: p99 142 ms, within 500 ms, 0 pending", good.aloud());
    assertEquals(Tone.LATE, link.tone(), "one missed objective is enough for the link as a whole");
  }

  @Test
  void theOneMissedByMostIsNamed() {
    Link link =
        new Link(ToldLinks.link("us", "eu", 142, ToldLinks.objectives(2, 5, 1, 3)), 0, true);
    assertEquals("p95 128 ms, objective 100 ms", link.missed().orElseThrow().text());
  }

  @Test
  void whereNothingCameNothingIsMissed() {
    Link link =
        new Link(
            ToldLinks.link("us", "eu", "streaming", QUIET, ToldLinks.objectives(9, 9, 9, 9)),
            0,
            true);
    LinkWords words = LinkWords.of(link, Percentile.P50);
    assertEquals(Tone.GOOD, words.tone());
    assertEquals("us to eu: in step, no changes yet, 0 pending", words.aloud());
  }

  @Test
  void aRegionThatTellsNoObjectivesIsNotJudged() {
    Link link = new Link(ToldLinks.link("us", "eu", 9_000, List.of()), 0, true);
    assertEquals("no objective told", LinkWords.of(link, Percentile.P99).against());
    assertEquals(Tone.GOOD, link.tone());
  }

  @Test
  void oldFiguresHaveAnAgeAndNoVerdict() {
    Link link =
        new Link(ToldLinks.link("us", "eu", 142, ToldLinks.objectives(9, 9, 9, 9)), 180_000, false);
    LinkWords words = LinkWords.of(link, Percentile.P99);
    assertEquals(Tone.IDLE, words.tone());
    assertEquals("142 ms", words.value());
    assertEquals("said 3 min ago", words.against());
  }

  @ParameterizedTest
  @CsvSource({"paused, LATE", "catching-up, LATE", "connecting, LATE", "down, BAD"})
  void aStateThatIsNotStreamingComesFirst(String state, Tone tone) {
    Link link = new Link(ToldLinks.link("us", "eu", state, QUIET, List.of()), 0, true);
    LinkWords words = LinkWords.of(link, Percentile.P99);
    assertEquals(state, words.value());
    assertEquals(tone, words.tone());
  }

  @ParameterizedTest
  @CsvSource({
    "'', replication",
    "percentile=p95, replication?percentile=p95",
    "percentile=p99&link=us~eu, replication?link=us~eu",
    "link=us~eu&percentile=p999, replication?percentile=p999&link=us~eu",
    "percentile=nonsense&link=a%26b, replication?link=a%26b",
  })
  void theAddressHoldsWhatIsLookedAt(String query, String path) {
    QueryParameters parameters =
        query.isEmpty() ? QueryParameters.empty() : QueryParameters.fromString(query);
    assertEquals(path, ReplicationState.of(parameters).path());
  }

  @Test
  void aSparkHasABarForEachMinuteThatHadChanges() {
    String shape = Spark.shape(List.of(-1.0, 0.0, 100.0), new LagScale(100));
    assertEquals(
        "polygon(0% 100%, 0% 100%, 0% 100%, 27% 100%, 27% 100%,"
            + " 33% 100%, 33% 94%, 60% 94%, 60% 100%,"
            + " 67% 100%, 67% 0%, 93% 0%, 93% 100%)",
        shape);
  }

  @Test
  void bytesASecondAreOfTheLastTenSeconds() {
    ByteRate rate = new ByteRate();
    assertEquals(OptionalDouble.empty(), rate.perSecond());
    rate.add(1_000, 500);
    rate.add(1_000, 900);
    assertEquals(OptionalDouble.empty(), rate.perSecond());
    rate.add(3_000, 2_500);
    assertEquals(OptionalDouble.of(1_000), rate.perSecond());
    rate.add(13_000, 2_500);
    assertEquals(OptionalDouble.of(0), rate.perSecond());
    rate.add(14_000, 10);
    assertEquals(OptionalDouble.empty(), rate.perSecond(), "it started again");
  }

  @Test
  void anotherConsoleIsAtTheAddressOfItsRegion() {
    assertEquals(
        "http://us:1/console/replication?link=eu~us",
        Paths.console(
            "http://us:1/", new ReplicationState(Percentile.P99, Optional.of("eu~us")).path()));
  }
}
