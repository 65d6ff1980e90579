package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole {@link World}s, each from a seed: some that stay, those that were broken once, and new ones
 * for some time. What is broken prints how to run it again: {@code bin/sim --seed N} leaves out
 * what does not matter and tells what happens.
 *
 * <p>{@code -Dmeridian.seed} is the first seed, {@code -Dmeridian.schedules} says how many follow,
 * {@code -Dmeridian.minutes} for how long new ones are run.
 *
 * <p>What is broken on purpose, and by which seed that is found, of those from 1 on:
 *
 * <pre>
 *  FORCES_ARE_FORGOTTEN        1  a start finds no log, or less than was shown
 *  ANSWERS_BEFORE_FORCE        4  a region has another change of the same dot
 *  CHANGES_ARE_SWALLOWED       1  the regions do not become equal
 *  CAUSES_ARE_FORGOTTEN        1  a log has a change before its causes
 *  CONTEXT_IS_FORGOTTEN        1  other versions stand side by side
 *  SETTINGS_ARE_IGNORED        1  another version is shown
 *  EVERYTHING_SEEMS_STABLE     1  another version is shown
 *  TABLES_LOSE_CONFLICTS       1  another digest is told of a collection
 *  TABLES_LOSE_FIELDS         10  other bytes are shown after a repair
 *  TABLES_LOSE_TOMBSTONES      1  other conflicts are told
 *  CHECKPOINTS_CLAIM_TOO_MUCH  1  a start finds less log than tables
 *  REPAIRS_DO_NOT_LOOK         1  other bytes are shown after a repair
 *  DOTS_ARE_USED_AGAIN         1  a region has another change of the same dot
 *  PROMISES_ARE_FORGOTTEN      8  a region lacks what it is safe to have
 *  FILLING_IS_NOT_AWAITED      8  a region shows less than it did
 *  GAPS_ARE_NOT_FILLED         1  a region has another change of the same dot
 *  PROMISES_ARE_TOO_HIGH       1  a region lacks what it is safe to have
 *  PROMISES_DO_NOT_AGE         3  a read is older than its bound
 *  SESSIONS_ARE_FORGOTTEN      1  a session does not read what it wrote
 *  BOUNDED_READS_DO_NOT_WAIT   1  a read is older than its bound
 *  QUORUM_READS_ASK_NOBODY     1  a quorum read misses a quorum write
 *  QUORUM_WRITES_DO_NOT_WAIT   1  a quorum read misses a quorum write
 * </pre>
 */
class SimulationTest {

  private static final int SEEDS_TO_FIND = 40;

  /**
   * What was broken once, and a seed that finds it in this world: what a seed does changes with all
   * that worlds can do, so each was looked for again with the bug put back.
   */
  private static final Map<String, Long> FOUND =
      new TreeMap<>(
          Map.of(
              "a region that lost its disk keeps what it promised",
              8L,
              "what a region that lost its disk had said last counts, or is not heard",
              17L,
              "a region that lost its disk shows nothing before it has what its peers have",
              8L,
              "a region with a gap in its log shows nothing before it has what its peers have",
              1L,
              "a promise that is passed on is not taken for younger than it is",
              3L,
              "a conflict is over when an operation has seen all of it",
              55L,
              "what a message was under way counts for the age of what it says",
              59L));

  @TestFactory
  Stream<DynamicTest> everythingHolds() {
    long base = Long.getLong("meridian.seed", 1L);
    long count = Long.getLong("meridian.schedules", 6L);
    return LongStream.range(base, base + count)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> holds(seed)));
  }

  @TestFactory
  Stream<DynamicTest> whatWasBrokenOnceHolds() {
    return FOUND.entrySet().stream()
        .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> holds(each.getValue())));
  }

  @Test
  void everythingHoldsWithNewSeeds() throws InterruptedException {
    long first = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    double minutes = Double.parseDouble(System.getProperty("meridian.minutes", "2"));
    assertEquals(List.of(), Simulation.run(first, minutes), "bin/sim --seed with each");
  }

  private static void holds(long seed) {
    Simulation.Outcome outcome =
        Simulation.run(Schedule.of(seed), Sabotage.NONE, new ArrayList<>());
    if (outcome.broken().isPresent()) {
      Throwable broken = outcome.broken().get();
      throw new AssertionError("bin/sim --seed " + seed + ": " + broken.getMessage(), broken);
    }
    System.out.println("SimulationTest seed=" + seed + " " + outcome.summary());
  }

  /** Down to the last thing that any client saw, and when. */
  @Test
  void aSeedTellsEverythingThatHappens() {
    List<String> once = new ArrayList<>();
    List<String> again = new ArrayList<>();
    Simulation.run(Schedule.of(3), Sabotage.NONE, once);
    Simulation.run(Schedule.of(3), Sabotage.NONE, again);
    assertTrue(once.size() > 100, "it tells too little");
    assertEquals(once, again);
  }

  /** Else a run that finds nothing would mean nothing. */
  @TestFactory
  Stream<DynamicTest> sabotageIsFoundOut() {
    return Arrays.stream(Sabotage.values())
        .filter(sabotage -> sabotage != Sabotage.NONE)
        .map(sabotage -> DynamicTest.dynamicTest("" + sabotage, () -> found(sabotage)));
  }

  private static void found(Sabotage sabotage) {
    for (long seed = 1; seed <= SEEDS_TO_FIND; seed++) {
      Simulation.Outcome outcome = Simulation.run(Schedule.of(seed), sabotage, new ArrayList<>());
      if (outcome.broken().isPresent()) {
        System.out.println(
            "SimulationTest "
                + sabotage
                + " found by seed="
                + seed
                + ": "
                + Simulation.words(outcome.broken().get()));
        return;
      }
    }
    throw new AssertionError(sabotage + " is not found by seeds 1 to " + SEEDS_TO_FIND);
  }

  /** Of all steps only two matter here, and they are what is left. */
  @Test
  void whatDoesNotMatterIsLeftOut() {
    Schedule whole = Schedule.of(1);
    List<Step> wanted = List.of(whole.steps().get(17), whole.steps().get(101));
    Schedule smallest =
        new Shrinker(schedule -> schedule.steps().containsAll(wanted), progress -> {}, 1_000)
            .shrink(whole);
    assertEquals(wanted, smallest.steps());
    assertEquals("bin/sim --seed 1 --steps 17,101", smallest.text());
  }
}
