package dev.meridian.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a region costs over HTTP, beside a floor measured in the same run. Run by {@code bin/bench}.
 * The processor time per request is the figure to compare; requests per second depend on what else
 * the machine does.
 */
public final class Bench {

  private static final int[] CONNECTIONS = {1, 16, 64, 256};
  private static final int KEYS = 20_000;
  private static final int BULK_DOCUMENTS = 200_000;
  private static final int LAG_WRITES_PER_SECOND = 500;

  private final double seconds;
  private final int rounds;

  private Bench(double seconds, int rounds) {
    this.seconds = seconds;
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    String what = "all";
    double seconds = 2;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--seconds")) {
        seconds = Double.parseDouble(arguments[++i]);
      } else {
        what = arguments[i];
      }
    }
    Bench bench = new Bench(seconds, 3);
    bench.machine();
    switch (what) {
      case "http" -> bench.http();
      case "load" -> bench.load();
      case "replication" -> bench.replication();
      case "all" -> {
        bench.http();
        bench.load();
        bench.replication();
      }
      default -> {
        System.err.println("bin/bench [http|load|replication] [--seconds n]");
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
      System.out.printf(
          "%n%-18s %5s %10s %9s %9s %13s %14s %8s%n",
          "request", "conn", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "min…max", "× floor");
      for (int connections : CONNECTIONS) {
        measure(region, loads, connections);
      }
    } finally {
      delete(directory);
    }
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
      byte[] lines = bulkLines();
      System.out.printf("%n%-18s %14s %14s%n", "bulk of 300 B", "documents/s", "CPU µs/doc");
      for (int round = 0; round <= rounds; round++) {
        long before = region.cpuMicros();
        long start = System.nanoTime();
        long answers = bulk(region, "/v1/collections/bulk" + round + "/bulk", lines);
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

  private static byte[] bulkLines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < BULK_DOCUMENTS; i++) {
      lines
          .append("{\"op\":\"put\",\"id\":\"k")
          .append(i)
          .append("\",\"doc\":")
          .append(document(i, 300))
          .append("}\n");
    }
    return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends while another thread reads; returns how many lines say that a document was created. */
  private static long bulk(BenchRegion region, String path, byte[] lines) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", region.port())) {
      OutputStream out = socket.getOutputStream();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      out.write(
                          ("POST "
                                  + path
                                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type:"
                                  + " application/x-ndjson\r\nContent-Length: "
                                  + lines.length
                                  + "\r\n\r\n")
                              .getBytes(StandardCharsets.ISO_8859_1));
                      out.write(lines);
                      out.flush();
                    } catch (IOException failed) {
                      throw new java.io.UncheckedIOException(failed);
                    }
                  });
      long created = countCreated(socket.getInputStream());
      sender.join();
      return created;
    }
  }

  /** Counts {@code "status":201}, wherever the pieces of the answer are cut. */
  private static long countCreated(InputStream in) throws IOException {
    byte[] wanted = "\"status\":201".getBytes(StandardCharsets.ISO_8859_1);
    byte[] chunk = new byte[256 * 1024];
    long found = 0;
    int matched = 0;
    int read;
    while ((read = in.read(chunk)) >= 0) {
      for (int i = 0; i < read; i++) {
        matched = chunk[i] == wanted[matched] ? matched + 1 : chunk[i] == wanted[0] ? 1 : 0;
        if (matched == wanted.length) {
          found++;
          matched = 0;
        }
      }
    }
    return found;
  }

  // ---- three regions ----

  private void replication() throws Exception {
    Path directory = Files.createTempDirectory("meridian-bench");
    List<String> names = List.of("eu", "us", "ap");
    int[] ports = {BenchRegion.freePort(), BenchRegion.freePort(), BenchRegion.freePort()};
    List<BenchRegion> regions = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        StringBuilder peers = new StringBuilder();
        for (int j = 0; j < 3; j++) {
          if (j != i) {
            peers.append(peers.isEmpty() ? "" : ",");
            peers.append(names.get(j)).append("=http://127.0.0.1:").append(ports[j]);
          }
        }
        regions.add(
            new BenchRegion(
                directory, names.get(i), ports[i], Map.of("MERIDIAN_PEERS", peers.toString())));
      }
      for (BenchRegion region : regions) {
        region.awaitReady();
      }
      pacedWrites(regions.getFirst(), Math.max(seconds, 4), 0); // warm-up
      double span = Math.max(seconds * 5, 10);
      long[] seen = probe(regions, span);
      System.out.printf(
          Locale.ROOT,
          "%nreplication lag at %d durable writes/s in eu, %.0f s, three regions on loopback%n",
          LAG_WRITES_PER_SECOND,
          span);
      for (int i = 1; i < 3; i++) {
        String status = regions.get(i).call("GET", "/v1/cluster", "").body();
        System.out.printf("  %s says of its link from eu: %s%n", names.get(i), lag(status));
      }
      Arrays.sort(seen);
      System.out.printf(
          Locale.ROOT,
          "  seen from outside, write answered in eu to readable in us, %d probes (resolution: one"
              + " request): p50 %.1f ms, p99 %.1f ms%n",
          seen.length,
          seen[seen.length / 2] / 1e6,
          seen[(int) (seen.length * 0.99)] / 1e6);
    } finally {
      for (BenchRegion region : regions) {
        region.close();
      }
      delete(directory);
    }
  }

  private static String lag(String status) {
    Matcher link = Pattern.compile("\"from\":\"eu\".*?\"lagMs\":(\\{[^}]*\\})").matcher(status);
    return link.find() ? link.group(1) : "nothing";
  }

  /** Writes at the given rate in a thread of its own, and asks another region for every 50th. */
  private static long[] probe(List<BenchRegion> regions, double span) throws Exception {
    List<Long> seen = new ArrayList<>();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    pacedWrites(regions.get(0), span, 1);
                  } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                  }
                });
    for (int i = 0; writer.isAlive(); i++) {
      String path = "/v1/collections/probe/docs/p" + i;
      regions.get(0).call("PUT", path, "{}");
      long start = System.nanoTime();
      while (regions.get(1).call("GET", path, "").statusCode() != 200) {
        Thread.onSpinWait();
      }
      seen.add(System.nanoTime() - start);
      LockSupport.parkNanos(20_000_000);
    }
    writer.join();
    return seen.stream().mapToLong(Long::longValue).toArray();
  }

  private static void pacedWrites(BenchRegion region, double span, int batch) throws Exception {
    long start = System.nanoTime();
    long interval = 1_000_000_000L / LAG_WRITES_PER_SECOND;
    long count = (long) (span * LAG_WRITES_PER_SECOND);
    for (long i = 0; i < count; i++) {
      long due = start + i * interval;
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
      region.call("PUT", "/v1/collections/lag/docs/b" + batch + "-" + i, document((int) i, 300));
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
