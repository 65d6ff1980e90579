package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.simulation.HistoryChecker;
import dev.meridian.simulation.HistoryChecker.Kind;
import dev.meridian.simulation.HistoryChecker.Op;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** One operation after the other, each in any region; notes what it saw. */
final class MovingClient implements Runnable {

  static final Duration BOUND = Duration.ofMillis(500);

  private final ThreeRegions cluster;
  private final String name;
  private final String kind;
  private final Random random;
  private final List<Op> ops;
  private final AtomicBoolean running;
  private String session = "";
  private int written;

  /**
   * @param kind a level of {@link HistoryChecker}
   */
  MovingClient(
      ThreeRegions cluster,
      String name,
      String kind,
      Random random,
      List<Op> ops,
      AtomicBoolean running) {
    this.cluster = cluster;
    this.name = name;
    this.kind = kind;
    this.random = random;
    this.ops = ops;
    this.running = running;
  }

  @Override
  public void run() {
    try {
      while (running.get()) {
        step();
      }
    } catch (IOException gone) {
      throw new AssertionError(gone);
    }
  }

  private void step() throws IOException {
    boolean write = random.nextInt(3) == 0;
    String key = "k" + random.nextInt(3);
    Map<String, String> headers = new HashMap<>();
    headers.put("Meridian-Timeout", "700");
    if (kind.equals(HistoryChecker.SESSION) && !session.isEmpty()) {
      headers.put("Meridian-Session", session);
    }
    if (write && kind.equals(HistoryChecker.QUORUM)) {
      headers.put("Meridian-Durability", "quorum");
    } else if (!write) {
      headers.put(
          "Meridian-Consistency",
          kind.equals(HistoryChecker.BOUNDED) ? "bounded;max-staleness=" + BOUND.toMillis() : kind);
    }
    RegionProcess region =
        cluster.region(ThreeRegions.NAMES.get(random.nextInt(ThreeRegions.NAMES.size())));
    String body = write ? "{\"by\":\"" + name + "\",\"n\":" + written++ + "}" : "";
    long start = System.nanoTime();
    HttpResponse<String> answer =
        region.send(write ? "PUT" : "GET", RegionProcess.doc("history", key), body, headers);
    int status = answer.statusCode();
    assertTrue(
        status < 300 || status == 404 || status == 503 || status == 504,
        status + " " + answer.body());
    if (status == 503) {
      return;
    }
    String version = LevelsIT.header(answer, "Meridian-Version");
    session = LevelsIT.header(answer, "Meridian-Session");
    ops.add(
        new Op(
            name,
            write ? Kind.WRITE : Kind.READ,
            kind,
            key,
            version,
            start,
            System.nanoTime(),
            status != 504));
  }
}
