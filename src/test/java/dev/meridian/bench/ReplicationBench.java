package dev.meridian.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/**
 * What replication costs and how fast it is, between three real processes on loopback. Everything
 * is written in one region, {@code eu}, and looked at in the others.
 */
final class ReplicationBench {

  /** The window over which a region tells the lag of its links: the last minute, by slots. */
  private static final double LAG_SECONDS = 60;

  private static final List<String> READERS = List.of("us", "ap");
  private static final int[] RATES = {500, 5000};
  private static final int CONNECTIONS = 32;
  private static final int LIGHT_LOAD_PER_SECOND = 200;
  private static final int BULK = 20_000;

  private final double seconds;
  private final int rounds;
  private final long changes;
  private final BenchCluster cluster;
  private long written;

  /**
   * @param seconds of each short measurement
   * @param changes that a region misses before it catches up
   */
  private ReplicationBench(double seconds, int rounds, long changes, BenchCluster cluster) {
    this.seconds = seconds;
    this.rounds = rounds;
    this.changes = changes;
    this.cluster = cluster;
  }

  static void run(Path directory, String part, double seconds, int rounds, long changes)
      throws Exception {
    try (BenchCluster cluster = new BenchCluster(directory)) {
      ReplicationBench bench = new ReplicationBench(seconds, rounds, changes, cluster);
      System.out.println("three regions on loopback, all writes in eu; warming up …");
      bench.paced(5000, Math.max(4, 4 * seconds));
      if (part.equals("all") || part.equals("lag")) {
        for (int rate : RATES) {
          bench.lag(rate);
        }
      }
      if (part.equals("all") || part.equals("quorum")) {
        bench.quorum();
      }
      if (part.equals("all") || part.equals("catch-up")) {
        bench.catchUp();
      }
    }
  }

  private static byte[] put(String collection, long number, String durability) {
    String body = BenchDocuments.order(number);
    String head =
        "PUT /v1/collections/"
            + collection
            + "/docs/k"
            + number
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + (durability.isEmpty() ? "" : "Meridian-Durability: " + durability + "\r\n")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n";
    return (head + body).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private LoadClient.Result paced(int perSecond, double span) throws IOException {
    return client("paced", "").paced(CONNECTIONS, span, perSecond);
  }

  private LoadClient client(String collection, String durability) {
    IntFunction<byte[]> request = i -> put(collection, written++, durability);
    return new LoadClient(cluster.region("eu").port(), request);
  }

  // ---- a steady load ----

  /** What a reader used and got so far. */
  private record Mark(double cpuMicros, double changes, double plain, double wire, double packed) {

    static Mark of(BenchCluster cluster, String reader) throws IOException, InterruptedException {
      double changes = 0;
      double plain = 0;
      double wire = 0;
      for (String from : BenchCluster.NAMES) {
        if (!from.equals(reader)) {
          changes += cluster.link(from, reader, "changesIn");
          plain += cluster.link(from, reader, "bytesIn");
          wire += cluster.link(from, reader, "wireBytesIn");
        }
      }
      double packed = cluster.link(reader, "eu", "wireChangeBytesOut");
      return new Mark(cluster.region(reader).cpuMicros(), changes, plain, wire, packed);
    }

    Mark since(Mark before) {
      return new Mark(
          cpuMicros - before.cpuMicros,
          changes - before.changes,
          plain - before.plain,
          wire - before.wire,
          packed - before.packed);
    }
  }

  /** What came of it in each reader. */
  private static void used(List<Mark> marks, double made) {
    Figures.plain("changes received / made", "", all(marks, m -> m.changes() / made));
    Figures.atMost(
        15,
        "CPU at the receiver, all of the process",
        "µs/change",
        all(marks, m -> m.cpuMicros() / made));
    Figures.atMost(
        1.3,
        "bytes of the streams / packed bytes of changes",
        "",
        all(marks, m -> m.wire() / m.packed()));
    Figures.plain(
        "bytes of the streams / bytes of changes as encoded",
        "",
        all(marks, m -> m.wire() / m.plain()));
  }

  private static <T> double[] all(List<T> values, ToDoubleFunction<T> figure) {
    return values.stream().mapToDouble(figure).toArray();
  }

  private void lag(int rate) throws Exception {
    cluster.awaitEverywhere("eu");
    List<Mark> before = marks();
    long madeBefore = cluster.applied("eu", "eu");
    LoadClient.Result writes = paced(rate, LAG_SECONDS);
    List<double[]> lags = new ArrayList<>();
    for (String reader : READERS) {
      double[] percentiles = new double[4];
      for (int i = 0; i < percentiles.length; i++) {
        percentiles[i] = cluster.link("eu", reader, List.of("p50", "p95", "p99", "p999").get(i));
      }
      lags.add(percentiles);
    }
    cluster.awaitEverywhere("eu");
    List<Mark> after = marks();
    double made = cluster.applied("eu", "eu") - madeBefore;
    List<Mark> deltas = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      deltas.add(after.get(i).since(before.get(i)));
    }
    Figures.head(
        "at "
            + rate
            + " durable writes/s for "
            + (int) LAG_SECONDS
            + " s; spread: over the two other regions");
    Figures.plain("writes that were made", "1/s", writes.perSecond());
    Figures.plain("write, p50 from when it was due", "ms", writes.millis(0.5));
    Figures.atMost(10, "lag p50", "ms", all(lags, lag -> lag[0]));
    Figures.atMost(100, "lag p95", "ms", all(lags, lag -> lag[1]));
    Figures.atMost(500, "lag p99", "ms", all(lags, lag -> lag[2]));
    Figures.atMost(2000, "lag p99.9", "ms", all(lags, lag -> lag[3]));
    used(deltas, made);
  }

  private List<Mark> marks() throws IOException, InterruptedException {
    List<Mark> marks = new ArrayList<>();
    for (String reader : READERS) {
      marks.add(Mark.of(cluster, reader));
    }
    return marks;
  }

  // ---- writes that wait for a majority ----

  private void quorum() throws Exception {
    LoadClient local = client("quorum", "local");
    LoadClient quorum = client("quorum", "quorum");
    byte[] floor = LoadClient.http("GET", "/bench/floor", "");
    LoadClient roundTrip = new LoadClient(cluster.region("us").port(), i -> floor);
    List<double[]> samples = new ArrayList<>();
    for (int round = -1; round < rounds + 2; round++) {
      double[] sample = {
        local.run(1, seconds).millis(0.5),
        quorum.run(1, seconds).millis(0.5),
        roundTrip.run(1, seconds / 2).millis(0.5)
      };
      if (round >= 0) { // the first one warms up
        samples.add(sample);
      }
    }
    double bound =
        2 * Figures.median(all(samples, s -> s[0])) + Figures.median(all(samples, s -> s[2]));
    Figures.head("one writer, one request at a time; " + samples.size() + " rounds");
    Figures.plain("local durable write, p50", "ms", all(samples, s -> s[0]));
    Figures.plain("round trip to another region, p50", "ms", all(samples, s -> s[2]));
    Figures.atMost(bound, "quorum write, p50", "ms", all(samples, s -> s[1]));
  }

  // ---- a region that missed much ----

  private record CatchUp(double perSecond, Mark used, double p99Millis) {}

  private void catchUp() throws Exception {
    List<CatchUp> all = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      CatchUp one = catchUp(round);
      System.out.printf(
          "  round %d: %.0f changes/s, %.1f µs of the receiver's processor each%n",
          round, one.perSecond(), one.used().cpuMicros() / changes);
      if (round > 0 || rounds == 0) { // the first one warms up
        all.add(one);
      }
    }
    Figures.head(
        "ap catches up with "
            + changes
            + " changes while eu and us serve "
            + LIGHT_LOAD_PER_SECOND
            + " writes/s each; "
            + all.size()
            + " rounds");
    Figures.atLeast(50_000, "catching up", "changes/s", all(all, CatchUp::perSecond));
    Figures.plain("write in eu meanwhile, p99", "ms", all(all, CatchUp::p99Millis));
    used(all.stream().map(CatchUp::used).toList(), changes);
  }

  private CatchUp catchUp(int round) throws Exception {
    cluster.awaitEverywhere("eu");
    cluster.pause("ap", true);
    String path = "/v1/collections/missed" + round + "/bulk";
    for (long left = changes; left > 0; left -= BULK) {
      int count = (int) Math.min(BULK, left);
      byte[] lines = BulkLoad.lines(written, count, BenchDocuments::order);
      written += count;
      if (BulkLoad.send(cluster.region("eu"), path, lines) != count) {
        throw new IOException("not all documents were created");
      }
    }
    long target = cluster.applied("eu", "eu");
    while (cluster.applied("us", "eu") < target) {
      LockSupport.parkNanos(5_000_000);
    }
    Mark before = Mark.of(cluster, "ap");
    LightLoad eu = new LightLoad("eu");
    LightLoad us = new LightLoad("us");
    long start = System.nanoTime();
    long from = cluster.applied("ap", "eu");
    cluster.pause("ap", false);
    while (cluster.applied("ap", "eu") < target) {
      LockSupport.parkNanos(50_000_000); // asking costs the region that is measured, too
    }
    double took = (System.nanoTime() - start) / 1e9;
    Mark used = Mark.of(cluster, "ap").since(before);
    us.stop();
    return new CatchUp((target - from) / took, used, eu.stop());
  }

  /** Writes to one region in a thread of its own until it is stopped. */
  private final class LightLoad {
    private final LoadClient client;
    private final Thread thread;
    private volatile LoadClient.Result result;

    LightLoad(String region) {
      long first = written;
      written += 1_000_000;
      client = new LoadClient(cluster.region(region).port(), i -> put("light", first + i, "local"));
      thread = Thread.ofPlatform().start(this::work);
    }

    private void work() {
      try {
        result = client.paced(4, 3600, LIGHT_LOAD_PER_SECOND);
      } catch (IOException failed) {
        throw new java.io.UncheckedIOException(failed);
      }
    }

    /** The p99 of its writes in ms. */
    double stop() throws InterruptedException {
      client.stop();
      thread.join();
      return result.millis(0.99);
    }
  }
}
