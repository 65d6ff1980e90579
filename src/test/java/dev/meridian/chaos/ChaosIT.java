package dev.meridian.chaos;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real regions are broken for a while, and keep what they promise. {@code -Dmeridian.seed}
 * chooses the faults of a run before: {@code bin/chaos} does the same for as long as one likes.
 */
class ChaosIT {

  private static final Duration TIME = Duration.ofSeconds(25);
  private static final int CLIENTS = 3;

  @TempDir Path directory;

  @Test
  void promisesAreKept() throws Exception {
    long seed = Long.getLong("meridian.seed", RandomGenerator.getDefault().nextInt(1_000_000));
    System.out.println("ChaosIT seed=" + seed);
    ChaosRun.Options options =
        new ChaosRun.Options(
            directory, ChaosCluster.LEAST_REGIONS, TIME, seed, CLIENTS, List.of(Fault.values()));
    ChaosRun.Result result = new ChaosRun(options, System.out::println).run();
    String table = ChaosRun.table(result);
    System.out.print(table);
    assertTrue(result.isRight(), table);
    assertTrue(result.faults().size() > 1, table);
  }
}
