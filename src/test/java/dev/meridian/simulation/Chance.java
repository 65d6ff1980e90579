package dev.meridian.simulation;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Chance that comes from another seed for a while: what is chosen meanwhile is the same whatever
 * was chosen before. For one thread.
 */
final class Chance implements RandomGenerator {

  private final RandomGenerator usual;
  private RandomGenerator present;

  Chance(RandomGenerator usual) {
    this.usual = usual;
    this.present = usual;
  }

  void during(long seed, Runnable something) {
    present = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    try {
      something.run();
    } finally {
      present = usual;
    }
  }

  @Override
  public long nextLong() {
    return present.nextLong();
  }
}
