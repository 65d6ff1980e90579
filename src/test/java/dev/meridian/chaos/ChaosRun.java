package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/**
 * Real regions under real faults for some time, while clients ask them for things and note what
 * they hear; then all is well again, everything is read once more, and the histories are checked.
 */
final class ChaosRun {

  private static final long MOST_PAUSE_NANOS = Duration.ofMillis(60).toNanos();
  private static final int ADDS_A_MINUTE_AND_CLIENT = 1_500;

  /**
   * What is to be done.
   *
   * @param clients of each workload
   */
  record Options(
      Path directory, int regions, Duration time, long seed, int clients, List<Fault> faults) {}

  /**
   * What it came to.
   *
   * @param wrong what is wrong, by workload; nothing when all is right
   */
  record Result(
      Map<String, List<Operation>> histories,
      Map<String, List<String>> wrong,
      Map<Fault, Integer> faults,
      JsonNode proof) {

    boolean isRight() {
      return wrong.values().stream().allMatch(List::isEmpty) && proof.path("identical").asBoolean();
    }
  }

  private final Options options;
  private final Consumer<String> tell;
  private final List<Workload> workloads;
  private final Map<Workload, History> histories = new LinkedHashMap<>();
  private final AtomicReference<Throwable> broken = new AtomicReference<>();

  /**
   * @param tell gets what happens, line by line
   */
  ChaosRun(Options options, Consumer<String> tell) {
    this.options = options;
    this.tell = tell;
    workloads = workloads(options);
  }

  static List<Workload> workloads(Options options) {
    double minutes = options.time().toMillis() / 60_000.0;
    int sets = 1 + (int) (minutes * options.clients() * ADDS_A_MINUTE_AND_CLIENT / 200);
    return List.of(
        new RegisterWorkload(), new SetWorkload(sets), new CounterWorkload(), new BankWorkload());
  }

  Result run() throws IOException, InterruptedException {
    Files.createDirectories(options.directory());
    for (Workload workload : workloads) {
      histories.put(workload, new History(options.directory(), workload.name()));
    }
    try (ChaosCluster cluster = new ChaosCluster(options.directory(), options.regions());
        History events = new History(options.directory(), "nemesis")) {
      tell.accept(options.regions() + " regions start");
      cluster.start();
      for (Workload workload : workloads) {
        workload.prepare(cluster);
      }
      cluster.awaitAgreement();
      Nemesis nemesis = new Nemesis(cluster, events, random(0), options.faults(), tell);
      disturb(cluster, nemesis);
      tell.accept("all faults are over");
      cluster.awaitAgreement();
      readAll(cluster);
      JsonNode proof = cluster.prove();
      return result(nemesis, proof);
    } finally {
      for (History history : histories.values()) {
        history.close();
      }
    }
  }

  private RandomGenerator random(long stream) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed() * 1_000 + stream);
  }

  private void disturb(ChaosCluster cluster, Nemesis nemesis) throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (Workload workload : workloads) {
      for (int i = 0; i < options.clients(); i++) {
        Client client = new Client(cluster, histories.get(workload), random(1 + threads.size()));
        threads.add(
            Thread.ofVirtual()
                .name(workload.name() + "-" + i)
                .start(() -> ask(workload, client, over)));
      }
    }
    try {
      nemesis.run(System.nanoTime() + options.time().toNanos());
    } finally {
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    if (broken.get() != null) {
      throw new IllegalStateException("a client broke", broken.get());
    }
  }

  private void ask(Workload workload, Client client, AtomicBoolean over) {
    try {
      while (!over.get()) {
        workload.step(client);
        LockSupport.parkNanos(client.random().nextLong(MOST_PAUSE_NANOS));
      }
    } catch (RuntimeException | Error failed) {
      broken.compareAndSet(null, failed);
    }
  }

  private void readAll(ChaosCluster cluster) {
    for (Workload workload : workloads) {
      Client client = new Client(cluster, histories.get(workload), random(-1));
      client.last();
      workload.readAll(client);
    }
  }

  private Result result(Nemesis nemesis, JsonNode proof) {
    Map<String, List<Operation>> all = new LinkedHashMap<>();
    Map<String, List<String>> wrong = new LinkedHashMap<>();
    for (Workload workload : workloads) {
      List<Operation> history = histories.get(workload).all();
      all.put(workload.name(), history);
      wrong.put(workload.name(), wrong(workload, history));
    }
    return new Result(all, wrong, nemesis.counts(), proof);
  }

  /**
   * A history tells too little to be right in which nothing was acknowledged, or not everything was
   * read in the end.
   */
  static List<String> wrong(Workload workload, List<Operation> history) {
    Set<String> asked = lastReads(history, Operation.Type.INVOKE);
    if (asked.isEmpty() || !lastReads(history, Operation.Type.OK).equals(asked)) {
      return List.of("not everything could be read in the end");
    }
    boolean nothingDone =
        history.stream()
            .noneMatch(each -> each.type() == Operation.Type.OK && !each.f().equals("read"));
    return nothingDone ? List.of("nothing was acknowledged") : workload.wrong(history);
  }

  /** What was read where. */
  private static Set<String> lastReads(List<Operation> history, Operation.Type type) {
    return history.stream()
        .filter(each -> each.last() && each.is(type, "read"))
        .map(each -> each.key() + " in " + each.region())
        .collect(Collectors.toSet());
  }

  /** The result as a table for people. */
  static String table(Result result) {
    StringBuilder table = new StringBuilder();
    line(table, "workload", "requests", "ok", "failed", "unknown", "wrong");
    result
        .histories()
        .forEach(
            (name, history) ->
                line(
                    table,
                    name,
                    "" + count(history, Operation.Type.INVOKE),
                    "" + count(history, Operation.Type.OK),
                    "" + count(history, Operation.Type.FAIL),
                    "" + count(history, Operation.Type.INFO),
                    "" + result.wrong().get(name).size()));
    table.append("faults: ").append(Fault.text(result.faults())).append('\n');
    boolean identical = result.proof().path("identical").asBoolean();
    table
        .append("all regions are ")
        .append(identical ? "identical" : "NOT identical: " + result.proof())
        .append(" as of ")
        .append(result.proof().path("asOf").asText())
        .append('\n');
    result
        .wrong()
        .forEach((name, all) -> all.forEach(each -> table.append(name + " " + each + "\n")));
    return table.toString();
  }

  private static void line(StringBuilder table, Object... cells) {
    table.append(String.format(Locale.ROOT, "%-10s %10s %10s %10s %10s %8s%n", cells));
  }

  private static long count(List<Operation> history, Operation.Type type) {
    return history.stream().filter(each -> each.type() == type).count();
  }
}
