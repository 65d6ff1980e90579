package dev.meridian.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs schedules from the command line: one, many, or new ones for some time. Of a broken one it
 * tells the seed, leaves out what does not matter, and tells what happens in the rest.
 */
public final class Simulation {

  private static final int MOST_RUNS_TO_SHRINK = 250;
  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private Simulation() {}

  /** What a schedule came to. */
  record Outcome(long operations, String summary, Optional<Throwable> broken) {}

  static Outcome run(Schedule schedule, Sabotage sabotage, List<String> timeline) {
    try {
      World.Summary summary = new World(schedule, sabotage, timeline::add).run();
      return new Outcome(summary.operations(), summary.text(), Optional.empty());
    } catch (RuntimeException | AssertionError broken) {
      return new Outcome(0, "", Optional.of(broken));
    }
  }

  /** How it is broken, in one line. */
  static String words(Throwable broken) {
    String all = ("" + broken.getMessage()).replace('\n', ' ');
    return all.substring(0, Math.min(all.length(), 300));
  }

  /** Which promise is broken, whatever the figures are. */
  private static String kind(Throwable broken) {
    Throwable cause = broken.getCause() == null ? broken : broken.getCause();
    String all = ("" + cause.getMessage()).replaceAll("[{\\[(].*", "");
    return all.replaceAll("\\b[a-e]\\b|[a-z]?[0-9][0-9a-f-]*", "").replaceAll("\\s+", " ");
  }

  /** The schedule that is left when all is left out that does not matter. */
  static Schedule shrink(Schedule broken, Sabotage sabotage) {
    Optional<String> kind = run(broken, sabotage, new ArrayList<>()).broken().map(Simulation::kind);
    return new Shrinker(
            schedule ->
                run(schedule, sabotage, new ArrayList<>())
                    .broken()
                    .map(Simulation::kind)
                    .equals(kind),
            progress -> System.err.println("  shrinking: " + progress),
            MOST_RUNS_TO_SHRINK)
        .shrink(broken);
  }

  private static void explain(Schedule broken, Sabotage sabotage, boolean shrinks) {
    Schedule smallest = shrinks ? shrink(broken, sabotage) : broken;
    List<String> timeline = new ArrayList<>();
    Outcome outcome = run(smallest, sabotage, timeline);
    System.out.println("What happens:");
    timeline.forEach(line -> System.out.println("  " + line));
    System.out.println("steps: " + smallest.steps());
    System.out.println("again: " + smallest.text());
    outcome.broken().ifPresent(why -> why.printStackTrace(System.out));
  }

  /** What was asked for. */
  private record Request(
      long seed,
      long seeds,
      double minutes,
      List<Integer> steps,
      Sabotage sabotage,
      boolean shrinks) {

    static Request of(String... arguments) {
      long seed = 1;
      long seeds = 1;
      double minutes = 0;
      List<Integer> steps = List.of();
      Sabotage sabotage = Sabotage.NONE;
      boolean shrinks = true;
      List<String> left = new ArrayList<>(Arrays.asList(arguments));
      while (!left.isEmpty()) {
        String option = left.removeFirst();
        if (option.equals("--no-shrink")) {
          shrinks = false;
          continue;
        }
        if (left.isEmpty()) {
          throw new IllegalArgumentException("what of " + option + "?");
        }
        String value = left.removeFirst();
        switch (option) {
          case "--seed" -> seed = Long.parseLong(value);
          case "--seeds" -> seeds = Long.parseLong(value);
          case "--minutes" -> minutes = Double.parseDouble(value);
          case "--steps" -> steps = numbers(value);
          case "--sabotage" -> sabotage = Sabotage.valueOf(value.toUpperCase(Locale.ROOT));
          default -> throw new IllegalArgumentException("what is " + option + "?");
        }
      }
      return new Request(seed, seeds, minutes, steps, sabotage, shrinks);
    }

    private static List<Integer> numbers(String text) {
      return text.equals("none")
          ? List.of(-1)
          : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    }

    Schedule schedule(long number) {
      Schedule whole = Schedule.of(number);
      return steps.isEmpty()
          ? whole
          : whole.with(
              whole.steps().stream().filter(step -> steps.contains(step.number())).toList());
    }
  }

  /** Arguments as in {@code bin/sim --help}. */
  public static void main(String[] arguments) throws InterruptedException {
    Request request;
    try {
      request = Request.of(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println("bin/sim: " + wrong.getMessage() + " See bin/sim --help");
      System.exit(2);
      return;
    }
    long start = System.nanoTime();
    List<Long> broken = new Runs(request, start).all();
    for (long seed : broken) {
      System.out.println();
      System.out.println("seed " + seed + ":");
      explain(request.schedule(seed), request.sabotage(), request.shrinks());
    }
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  /**
   * Runs new schedules on all processors, and prints how that goes.
   *
   * @param first the first seed
   * @return the seeds that broke something
   */
  static List<Long> run(long first, double minutes) throws InterruptedException {
    Request request = new Request(first, 0, minutes, List.of(), Sabotage.NONE, false);
    return new Runs(request, System.nanoTime()).all();
  }

  /** Many schedules, on all processors. */
  private static final class Runs {
    private final Request request;
    private final long startNanos;
    private final AtomicLong next;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong toldNanos;
    private final Queue<Long> broken = new ConcurrentLinkedQueue<>();

    Runs(Request request, long startNanos) {
      this.request = request;
      this.startNanos = startNanos;
      this.next = new AtomicLong(request.seed());
      this.toldNanos = new AtomicLong(startNanos);
    }

    List<Long> all() throws InterruptedException {
      List<Thread> workers =
          IntStream.range(0, Runtime.getRuntime().availableProcessors())
              .mapToObj(i -> Thread.ofPlatform().name("simulation-" + i).start(this::work))
              .toList();
      for (Thread worker : workers) {
        worker.join();
      }
      tell();
      return broken.stream().sorted().toList();
    }

    private void work() {
      for (long seed = next.getAndIncrement(); isWanted(seed); seed = next.getAndIncrement()) {
        Outcome outcome = run(request.schedule(seed), request.sabotage(), new ArrayList<>());
        done.incrementAndGet();
        operations.addAndGet(outcome.operations());
        if (outcome.broken().isPresent()) {
          broken.add(seed);
          System.out.println("seed " + seed + " is broken " + words(outcome.broken().get()));
        } else if (request.minutes() == 0) {
          System.out.println("seed " + seed + " " + outcome.summary());
        }
        tellNowAndThen();
      }
    }

    private boolean isWanted(long seed) {
      return request.minutes() > 0
          ? System.nanoTime() - startNanos < request.minutes() * TimeUnit.MINUTES.toNanos(1)
          : seed < request.seed() + request.seeds();
    }

    private void tellNowAndThen() {
      long now = System.nanoTime();
      long told = toldNanos.get();
      if (request.minutes() > 0
          && now - told > TELL_EVERY_NANOS
          && toldNanos.compareAndSet(told, now)) {
        tell();
      }
    }

    private void tell() {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%d schedules, %d operations in %.0f s (%.0f a minute), broken: %s%n",
          done.get(),
          operations.get(),
          seconds,
          operations.get() / seconds * 60,
          broken.isEmpty()
              ? "none"
              : broken.stream().sorted().map(String::valueOf).collect(Collectors.joining(", ")));
    }
  }
}
