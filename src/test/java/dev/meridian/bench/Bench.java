package dev.meridian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a region costs over HTTP, beside a floor measured in the same run. Run by {@code bin/bench}.
 * The processor time per request is the figure to compare; requests per second depend on what else
 * the machine does.
 */
public final class Bench {

  private static final int[] CONNECTIONS = {1, 16, 64, 256};
  private static final int KEYS = 20_000;
  private static final int COUNTERS = 1_000;
  private static final int BULK_DOCUMENTS = 200_000;
  private static final long MISSED_CHANGES = 200_000;

  private final double seconds;
  private final int rounds;

  private Bench(double seconds, int rounds) {
    this.seconds = seconds;
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    String what = "";
    String part = "all";
    double seconds = 2;
    long changes = MISSED_CHANGES;
    long documents = 1_000_000;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--seconds" -> seconds = Double.parseDouble(arguments[++i]);
        case "--changes" -> changes = Long.parseLong(arguments[++i]);
        case "--documents" -> documents = Long.parseLong(arguments[++i]);
        case "lag", "quorum", "catch-up" -> part = arguments[i];
        default -> what = arguments[i];
      }
    }
    Bench bench = new Bench(seconds, 3);
    bench.machine();
    switch (what) {
      case "http" -> bench.http();
      case "load" -> bench.load();
      case "counters" -> bench.counters();
      case "replication" -> bench.replication(part, changes);
      case "repair" -> bench.repair(documents);
      case "", "all" -> {
        bench.http();
        bench.load();
        bench.replication(part, changes);
      }
      default -> {
        System.err.println("what is " + what + "? See bin/bench --help");
        System.exit(2);
      }
    }
  }

  private void machine() {
    System.out.printf(
        Locale.ROOT,
        "machine: %d processors, %s %s, JDK %s; client and servers share it%n%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version());
  }

  // ---- one region, HTTP ----

  private record Sample(double perSecond, double p50, double p99, double cpuMicros) {}

  private void http() throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    try (BenchRegion region =
        new BenchRegion(directory, "bench", BenchRegion.freePort(), Map.of())) {
      region.awaitReady();
      Map<String, LoadClient> loads = new LinkedHashMap<>();
      byte[] floorPost = LoadClient.http("POST", "/bench/floor", document(0, 300));
      byte[] floorGet = LoadClient.http("GET", "/bench/floor", "");
      loads.put("floor POST 300 B", client(region, i -> floorPost));
      loads.put("PUT 300 B durable", client(region, i -> put(i, 300)));
      loads.put("PUT 1 KiB durable", client(region, i -> put(i, 1024)));
      loads.put("floor GET 300 B", client(region, i -> floorGet));
      loads.put("GET 300 B", client(region, i -> get(i)));
      fill(region);
      System.out.println("warming up …");
      for (LoadClient load : loads.values()) {
        load.run(16, Math.max(seconds, 4));
      }
      head();
      for (int connections : CONNECTIONS) {
        measure(region, loads, connections);
      }
    } finally {
      delete(directory);
    }
  }

  /** Increments of a CRDT field, of one document and of many, beside writes of the same bytes. */
  private void counters() throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    try (BenchRegion region =
        new BenchRegion(directory, "bench", BenchRegion.freePort(), Map.of())) {
      region.awaitReady();
      for (int i = 0; i < COUNTERS; i++) {
        region.call("PUT", "/v1/collections/counters/docs/c" + i, "{\"title\":\"counter\"}");
      }
      String increment = "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\"}]";
      Map<String, LoadClient> loads = new LinkedHashMap<>();
      byte[] floor = LoadClient.http("POST", "/bench/floor", increment);
      byte[] one = LoadClient.patch("/v1/collections/counters/docs/hot", increment);
      region.call("PUT", "/v1/collections/counters/docs/hot", "{}");
      loads.put("floor POST", client(region, i -> floor));
      loads.put("PUT durable", client(region, i -> put(i, 60)));
      loads.put(
          "count in " + COUNTERS,
          client(
              region,
              i ->
                  LoadClient.patch(
                      "/v1/collections/counters/docs/c" + i * 7919L % COUNTERS, increment)));
      loads.put("count in one", client(region, i -> one));
      System.out.println("warming up …");
      for (LoadClient load : loads.values()) {
        load.run(16, Math.max(seconds, 4));
      }
      head();
      for (int connections : CONNECTIONS) {
        measure(region, loads, connections);
      }
    } finally {
      delete(directory);
    }
  }

  private static void head() {
    System.out.printf(
        "%n%-18s %5s %10s %9s %9s %13s %14s %8s%n",
        "request", "conn", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "min…max", "× floor");
  }

  private void measure(BenchRegion region, Map<String, LoadClient> loads, int connections)
      throws IOException {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, LoadClient> load : loads.entrySet()) {
        long before = region.cpuMicros();
        LoadClient.Result result = load.getValue().run(connections, seconds);
        long used = region.cpuMicros() - before;
        if (result.failures() > 0) {
          throw new IOException(load.getKey() + ": " + result.failures() + " answers were not 2xx");
        }
        samples
            .computeIfAbsent(load.getKey(), name -> new ArrayList<>())
            .add(
                new Sample(
                    result.perSecond(),
                    result.millis(0.5),
                    result.millis(0.99),
                    (double) used / result.requests()));
      }
    }
    double floor = 0;
    for (Map.Entry<String, List<Sample>> entry : samples.entrySet()) {
      double cpu = median(entry.getValue(), Sample::cpuMicros);
      if (entry.getKey().startsWith("floor")) {
        floor = cpu;
      }
      double[] all = entry.getValue().stream().mapToDouble(Sample::cpuMicros).sorted().toArray();
      System.out.printf(
          Locale.ROOT,
          "%-18s %5d %10.0f %9.2f %9.2f %13.1f %6.1f…%-7.1f %7.2f%n",
          entry.getKey(),
          connections,
          median(entry.getValue(), Sample::perSecond),
          median(entry.getValue(), Sample::p50),
          median(entry.getValue(), Sample::p99),
          cpu,
          all[0],
          all[all.length - 1],
          cpu / floor);
    }
  }

  private static double median(
      List<Sample> samples, java.util.function.ToDoubleFunction<Sample> figure) {
    double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static LoadClient client(
      BenchRegion region, java.util.function.IntFunction<byte[]> request) {
    return new LoadClient(region.port(), request);
  }

  private static byte[] put(int i, int bytes) {
    return LoadClient.http("PUT", "/v1/collections/bench/docs/k" + i % KEYS, document(i, bytes));
  }

  private static byte[] get(int i) {
    return LoadClient.http("GET", "/v1/collections/bench/docs/k" + i % 1000, "");
  }

  private static String document(int i, int bytes) {
    String start = "{\"n\":" + i + ",\"name\":\"name " + i + "\",\"pad\":\"";
    return start + "x".repeat(bytes - start.length() - 2) + "\"}";
  }

  private static void fill(BenchRegion region) throws Exception {
    for (int i = 0; i < 1000; i++) {
      region.call("PUT", "/v1/collections/bench/docs/k" + i, document(i, 300));
    }
  }

  // ---- bulk ----

  private void load() throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    try (BenchRegion region =
        new BenchRegion(directory, "bench", BenchRegion.freePort(), Map.of())) {
      region.awaitReady();
      byte[] lines = BulkLoad.lines(0, BULK_DOCUMENTS, i -> document((int) i, 300));
      System.out.printf("%n%-18s %14s %14s%n", "bulk of 300 B", "documents/s", "CPU µs/doc");
      for (int round = 0; round <= rounds; round++) {
        long before = region.cpuMicros();
        long start = System.nanoTime();
        long answers = BulkLoad.send(region, "/v1/collections/bulk" + round + "/bulk", lines);
        double took = (System.nanoTime() - start) / 1e9;
        if (answers != BULK_DOCUMENTS) {
          throw new IOException(answers + " documents were created instead of " + BULK_DOCUMENTS);
        }
        System.out.printf(
            Locale.ROOT,
            "%-18s %14.0f %14.1f%n",
            round == 0 ? "warm-up" : "round " + round,
            BULK_DOCUMENTS / took,
            (double) (region.cpuMicros() - before) / BULK_DOCUMENTS);
      }
    } finally {
      delete(directory);
    }
  }

  // ---- three regions ----

  private void replication(String part, long changes) throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    try {
      ReplicationBench.run(directory, part, seconds, rounds, changes);
    } finally {
      delete(directory);
    }
  }

  // ---- two regions that compare ----

  private void repair(long documents) throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    try {
      RepairBench.run(directory, seconds, rounds, documents);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException left) {
                  System.err.println("left behind: " + file);
                }
              });
    }
  }
}
