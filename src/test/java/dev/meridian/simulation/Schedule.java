package dev.meridian.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/**
 * All that is done to a simulated world, from one seed.
 *
 * @param regions how many there are
 * @param wholeHistory whether all versions are kept, and so all that is told of conflicts is the
 *     same everywhere
 * @param joins whether the last region is not there from the beginning
 * @param clocks how far clocks are set, at most
 */
record Schedule(
    long seed, int regions, boolean wholeHistory, boolean joins, long clocks, List<Step> steps) {

  private static final int STEPS = 220;
  private static final int MAX_REGIONS = 5;

  /** Beyond what regions accept of each other. */
  private static final long FAR_MILLIS = 75_000;

  private static final long NEAR_MILLIS = 2_000;

  static Schedule of(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + 7);
    List<Step> steps = new ArrayList<>();
    int sum = Arrays.stream(Step.Kind.values()).mapToInt(kind -> kind.weight).sum();
    for (int i = 0; i < STEPS; i++) {
      steps.add(new Step(i, kind(random.nextInt(sum)), random.nextLong()));
    }
    return new Schedule(
        seed,
        2 + (int) Math.floorMod(seed, (long) MAX_REGIONS - 1),
        Math.floorMod(seed, 3) != 0,
        random.nextInt(4) == 0,
        random.nextInt(5) == 0 ? FAR_MILLIS : NEAR_MILLIS,
        List.copyOf(steps));
  }

  private static Step.Kind kind(int place) {
    int left = place;
    for (Step.Kind kind : Step.Kind.values()) {
      left -= kind.weight;
      if (left < 0) {
        return kind;
      }
    }
    throw new IllegalArgumentException("beyond all weights: " + place);
  }

  /** The same with fewer steps. */
  Schedule with(List<Step> fewer) {
    return new Schedule(seed, regions, wholeHistory, joins, clocks, List.copyOf(fewer));
  }

  /** How it is run again. */
  String text() {
    String all = steps.size() == STEPS ? "" : " --steps " + numbers();
    return "bin/sim --seed " + seed + all;
  }

  private String numbers() {
    return steps.isEmpty()
        ? "none"
        : steps.stream().map(step -> "" + step.number()).collect(Collectors.joining(","));
  }
}
