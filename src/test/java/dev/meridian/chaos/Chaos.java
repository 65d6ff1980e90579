package dev.meridian.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** {@code bin/chaos}. */
public final class Chaos {

  private static final int MOST_CLIENTS = 16;
  private static final int MOST_MINUTES = 240;
  private static final long MOST_SEED = 1L << 50;

  private Chaos() {}

  private static ChaosRun.Options options(List<String> arguments) {
    Path directory = Path.of("target", "chaos");
    int regions = ChaosCluster.LEAST_REGIONS;
    double minutes = 2;
    long seed = RandomGenerator.getDefault().nextInt(1_000_000);
    int clients = 4;
    List<Fault> faults = List.of(Fault.values());
    List<String> left = new ArrayList<>(arguments);
    while (!left.isEmpty()) {
      String option = left.removeFirst();
      if (left.isEmpty()) {
        throw new IllegalArgumentException("what of " + option + "?");
      }
      String value = left.removeFirst();
      switch (option) {
        case "--regions" ->
            regions =
                (int) between(option, value, ChaosCluster.LEAST_REGIONS, ChaosCluster.MOST_REGIONS);
        case "--minutes" -> minutes = between(option, value, 0, MOST_MINUTES);
        case "--seed" -> seed = (long) between(option, value, 0, MOST_SEED);
        case "--clients" -> clients = (int) between(option, value, 1, MOST_CLIENTS);
        case "--faults" ->
            faults =
                value.equals("none")
                    ? List.of()
                    : Arrays.stream(value.split(",")).map(Fault::of).toList();
        case "--directory" -> directory = Path.of(value);
        default -> throw new IllegalArgumentException("what is " + option + "?");
      }
    }
    Duration time = Duration.ofMillis((long) (minutes * 60_000));
    return new ChaosRun.Options(
        directory.resolve("seed-" + seed).toAbsolutePath(), regions, time, seed, clients, faults);
  }

  private static double between(String option, String value, double least, double most) {
    double number;
    try {
      number = Double.parseDouble(value);
    } catch (NumberFormatException none) {
      throw new IllegalArgumentException(option + " is a number, not '" + value + "'.", none);
    }
    if (!(number >= least && number <= most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s is from %.0f to %.0f, not %s.", option, least, most, value));
    }
    return number;
  }

  /** Checks histories that were written before. */
  private static boolean check(Path directory) throws IOException {
    boolean right = true;
    for (Workload workload :
        ChaosRun.workloads(new ChaosRun.Options(directory, 0, Duration.ZERO, 0, 0, List.of()))) {
      Path file = directory.resolve(workload.name() + ".jsonl");
      if (!Files.exists(file)) {
        throw new IllegalArgumentException("there is no " + file + ".");
      }
      List<Operation> history = History.read(file);
      List<String> wrong = ChaosRun.wrong(workload, history);
      System.out.println(
          workload.name() + ": " + history.size() + " lines, " + wrong.size() + " wrong");
      wrong.forEach(System.out::println);
      right &= wrong.isEmpty();
    }
    return right;
  }

  private static boolean run(ChaosRun.Options options) throws IOException, InterruptedException {
    if (Files.exists(options.directory())) {
      throw new IllegalArgumentException(
          options.directory() + " is there already; remove it, or take another --directory.");
    }
    System.out.println("seed " + options.seed() + ", " + options.directory());
    long start = System.nanoTime();
    ChaosRun.Result result =
        new ChaosRun(
                options,
                line ->
                    System.out.printf(
                        Locale.ROOT, "%7.1f s  %s%n", (System.nanoTime() - start) / 1e9, line))
            .run();
    System.out.println();
    System.out.print(ChaosRun.table(result));
    return result.isRight();
  }

  /** Arguments as in {@code bin/chaos --help}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean right;
    try {
      List<String> all = List.of(arguments);
      right =
          all.size() == 2 && all.getFirst().equals("--check")
              ? check(Path.of(all.get(1)))
              : run(options(all));
    } catch (IllegalArgumentException wrong) {
      System.err.println("bin/chaos: " + wrong.getMessage() + " See bin/chaos --help");
      System.exit(2);
      return;
    }
    System.exit(right ? 0 : 1);
  }
}
