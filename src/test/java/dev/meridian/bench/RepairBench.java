package dev.meridian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What it costs two real regions on loopback to compare their data, to mend it, to fill one. */
final class RepairBench {

  private static final int BULK = 20_000;
  private static final int CONNECTIONS = 32;
  private static final String COLLECTION = "orders";

  private final Path directory;
  private final double seconds;
  private final int rounds;
  private final long documents;
  private final BenchCluster cluster;

  /** A repair as its region reports it. */
  private record Repair(double millis, double lookMillis, double bytes, long mended) {}

  private RepairBench(
      Path directory, double seconds, int rounds, long documents, BenchCluster cluster) {
    this.directory = directory;
    this.seconds = seconds;
    this.rounds = rounds;
    this.documents = documents;
    this.cluster = cluster;
  }

  static void run(Path directory, double seconds, int rounds, long documents) throws Exception {
    Map<String, String> settings =
        Map.of("MERIDIAN_CHAOS_ENABLED", "true", "MERIDIAN_REPAIR_EVERY", "0");
    try (BenchCluster cluster = new BenchCluster(directory, List.of("eu", "us"), settings)) {
      RepairBench bench = new RepairBench(directory, seconds, rounds, documents, cluster);
      System.out.println("two regions on loopback; loading " + documents + " documents …");
      bench.load();
      bench.same();
      bench.different(1);
      bench.different(documents / 100);
      bench.writesMeanwhile();
      bench.wiped();
    }
  }

  private void load() throws IOException, InterruptedException {
    for (long from = 0; from < documents; from += BULK) {
      int count = (int) Math.min(BULK, documents - from);
      byte[] lines = BulkLoad.lines(from, count, BenchDocuments::order);
      String path = "/v1/collections/" + COLLECTION + "/bulk";
      if (BulkLoad.send(cluster.region("eu"), path, lines) != count) {
        throw new IOException("not all documents were created");
      }
    }
    cluster.awaitEverywhere("eu");
    settled();
  }

  /** Tables are merged when nothing is written for a while: that is not to be measured. */
  private static void settled() {
    LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
  }

  private void same() throws IOException, InterruptedException {
    List<Repair> all = new ArrayList<>();
    for (int round = -2; round < rounds; round++) {
      Repair one = repair(false);
      if (round >= 0) { // the first ones warm up
        all.add(one);
      }
    }
    Figures.head("nothing differs; " + rounds + " rounds");
    Figures.atMost(2_048, "exchanged", "bytes", all(all, true));
    Figures.atMost(50, "took", "ms", all(all, false));
  }

  private void different(long count) throws IOException, InterruptedException {
    List<Repair> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      damage("us", count);
      Repair one = repair(true);
      if (one.mended() != count) {
        throw new IOException(one.mended() + " mended instead of " + count);
      }
      all.add(one);
    }
    double size = BenchDocuments.order(1).length();
    Figures.head(count + " of " + documents + " lost in one region; " + rounds + " rounds");
    Figures.atMost(
        count == 1 ? 20_000 : 1.5 * count * size + (2 << 20), "exchanged", "bytes", all(all, true));
    Figures.plain(
        "looking through all data in both",
        "ms",
        all.stream().mapToDouble(Repair::lookMillis).toArray());
    Figures.atMost(
        5_000,
        "comparing and mending",
        "ms",
        all.stream().mapToDouble(each -> each.millis() - each.lookMillis()).toArray());
  }

  private static double[] all(List<Repair> repairs, boolean bytes) {
    return repairs.stream().mapToDouble(each -> bytes ? each.bytes() : each.millis()).toArray();
  }

  private void damage(String region, long count) throws IOException, InterruptedException {
    String body =
        "{\"collection\":\"" + COLLECTION + "\",\"documents\":" + count + ",\"how\":\"lose\"}";
    int status = cluster.region(region).call("POST", "/v1/chaos/damage", body).statusCode();
    if (status != 200) {
      throw new IOException("the drill answered " + status);
    }
  }

  private Repair repair(boolean look) throws IOException, InterruptedException {
    return repair(look, Duration.ofMillis(5));
  }

  /**
   * @param poll between two questions how far it is, which cost something themselves
   */
  private Repair repair(boolean look, Duration poll) throws IOException, InterruptedException {
    BenchRegion region = cluster.region("eu");
    long start = System.nanoTime();
    double looked = 0;
    region.call("POST", "/v1/cluster/repair", "{\"look\":" + look + "}");
    while (true) {
      String status = region.call("GET", "/v1/cluster/repair", "").body();
      String now = status.substring(0, status.indexOf("\"history\""));
      if (!now.contains("\"state\":\"running\"")) {
        if (!now.contains("\"state\":\"done\"")) {
          throw new IOException("a repair ended so: " + now);
        }
        return report(now, looked);
      }
      if (now.contains("looking through")) {
        looked = (System.nanoTime() - start) / 1e6;
      }
      LockSupport.parkNanos(poll.toNanos());
    }
  }

  private static Repair report(String report, double looked) throws IOException {
    double millis =
        Duration.between(
                Instant.parse(text(report, "startedAt")), Instant.parse(text(report, "endedAt")))
            .toMillis();
    long mended = 0;
    double bytes = 0;
    Matcher collection =
        Pattern.compile("\"sent\":(\\d+),\"received\":(\\d+),\"bytesOut\":\\d+,\"bytesIn\":\\d+}")
            .matcher(report);
    while (collection.find()) {
      mended += Long.parseLong(collection.group(1)) + Long.parseLong(collection.group(2));
    }
    Matcher all = Pattern.compile("],\"bytesOut\":(\\d+),\"bytesIn\":(\\d+)").matcher(report);
    if (all.find()) {
      bytes = Double.parseDouble(all.group(1)) + Double.parseDouble(all.group(2));
    }
    return new Repair(millis, looked, bytes, mended);
  }

  private static String text(String json, String name) throws IOException {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    if (!found.find()) {
      throw new IOException("no " + name + " in " + json);
    }
    return found.group(1);
  }

  /** Writers keep both processors busy: what a repair takes of them, they lack. */
  private void writesMeanwhile() throws Exception {
    int pairs = 4 * rounds; // writes alone vary a lot
    double[] alone = new double[pairs];
    double[] meanwhile = new double[pairs];
    long[] written = {documents};
    LoadClient client =
        new LoadClient(
            cluster.region("eu").port(),
            i -> {
              long number = written[0]++;
              String body = BenchDocuments.order(number);
              return LoadClient.http("PUT", "/v1/collections/busy/docs/k" + number, body);
            });
    client.run(CONNECTIONS, seconds);
    for (int round = 0; round < pairs; round++) {
      // In turns first and second: what grows or gets slower meanwhile favours neither.
      if (round % 2 == 0) {
        alone[round] = client.run(CONNECTIONS, 3 * seconds).perSecond();
        meanwhile[round] = besideRepairs(client);
      } else {
        meanwhile[round] = besideRepairs(client);
        alone[round] = client.run(CONNECTIONS, 3 * seconds).perSecond();
      }
    }
    double[] ratio = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      ratio[i] = meanwhile[i] / alone[i];
    }
    Figures.head(
        "writes over HTTP as fast as they go; both regions look through all data again and again");
    Figures.plain("writes without", "1/s", alone);
    Figures.plain("writes with", "1/s", meanwhile);
    Figures.atLeast(0.9, "with / without", "", ratio);
  }

  private double besideRepairs(LoadClient client) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread repairs =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!over.get()) {
                      repair(true, Duration.ofSeconds(1)); // as often as the console asks
                    }
                  } catch (IOException | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                  }
                });
    double perSecond = client.run(CONNECTIONS, 3 * seconds).perSecond();
    over.set(true);
    repairs.join();
    return perSecond;
  }

  private void wiped() throws IOException, InterruptedException {
    double[] perSecond = new double[rounds];
    double[] ready = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      cluster.region("us").close();
      try (Stream<Path> files = Files.walk(directory.resolve("us"))) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
      long start = System.nanoTime();
      cluster.restart("us");
      ready[round] = (System.nanoTime() - start) / 1e9;
      String log = Files.readString(directory.resolve("us.log"));
      Matcher told = Pattern.compile("event=bootstrapped .*entries=(\\d+) ms=(\\d+)").matcher(log);
      if (!told.find()) {
        throw new IOException("it was not filled: " + log);
      }
      perSecond[round] =
          1000.0 * Double.parseDouble(told.group(1)) / Double.parseDouble(told.group(2));
    }
    Figures.head("a region that lost its disk; " + rounds + " rounds");
    Figures.atLeast(60_000, "copying its data", "documents/s", perSecond);
    Figures.plain("until it serves, start of the process included", "s", ready);
  }
}
