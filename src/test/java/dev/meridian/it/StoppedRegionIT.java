package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A region that stands still for seconds, as a virtual machine does that is moved: its connections
 * stay open and nothing comes over them, so nobody is told that it is gone.
 */
class StoppedRegionIT {

  private static final List<String> OTHERS = List.of("eu", "us");
  private static final Map<String, String> QUORUM_WRITE = Map.of("Meridian-Durability", "quorum");

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  @Test
  void theOthersGoOnWithoutItAndNothingIsLost() throws Exception {
    RegionProcess ap = cluster.region("ap");
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    AtomicBoolean running = new AtomicBoolean(true);
    Thread writer = new Thread(() -> write(ap, acknowledged, running));
    writer.start();
    Await.until("ap takes writes", Duration.ofSeconds(20), () -> acknowledged.size() > 20);

    ap.freeze();
    try {
      for (String other : OTHERS) {
        awaitState(other, "suspect", "down");
        awaitState(other, "down");
        quorumWithoutIt(other);
      }
    } finally {
      ap.thaw();
    }
    boundedReadsAreHonest(ap);

    int before = acknowledged.size();
    Await.until(
        "ap takes writes again", Duration.ofSeconds(30), () -> acknowledged.size() > before);
    running.set(false);
    writer.join();
    cluster.awaitUp();
    assertTrue(ap.said("event=own-pause"), "it recognises its own pause: " + ap.log());
    // What it missed was its own standing still: it never took the others for gone.
    for (String other : OTHERS) {
      String taken = "event=peer-state peer=" + other + " from=up to=down";
      assertFalse(ap.said(taken), ap.log());
    }
    cluster.awaitEqualVectors();
    String content = cluster.content("eu", "frozen");
    for (String region : ThreeRegions.NAMES) {
      assertEquals(content, cluster.content(region, "frozen"), region);
    }
    acknowledged.forEach((id, body) -> assertTrue(content.contains(body), "lost " + id));
  }

  /** Writes to a region, one document after another, until it is told to stop. */
  private static void write(
      RegionProcess region, Map<String, String> acknowledged, AtomicBoolean running) {
    for (int i = 0; running.get(); i++) {
      String id = "ap-" + i;
      String body = "{\"id\":\"" + id + "\"}";
      try {
        if (region.put(RegionProcess.doc("frozen", id), body).statusCode() == 201) {
          acknowledged.put(id, body);
        }
      } catch (IOException late) {
        // An answer that did not come in time promises nothing.
      }
    }
  }

  private static void awaitState(String region, String... states) {
    Await.until(
        region + " takes ap for " + List.of(states),
        Duration.ofSeconds(60),
        () -> {
          JsonNode ap = cluster.peer(region, "ap");
          boolean so = List.of(states).contains(ap.path("state").asText());
          if (so) {
            assertTrue(ap.path("reason").asText().length() > 10, "no reason: " + ap);
            assertFalse(ap.path("since").asText().isEmpty(), "not since when: " + ap);
          }
          return so;
        });
  }

  /**
   * What was written while it stood still is seconds old: a read that allows a tenth of one finds
   * it or is refused, from the first moment on.
   */
  private static void boundedReadsAreHonest(RegionProcess ap) {
    Map<String, String> bounded =
        Map.of("Meridian-Consistency", "bounded;max-staleness=100", "Meridian-Timeout", "0");
    Await.until(
        "ap can say again how old its answers are",
        Duration.ofSeconds(30),
        () -> {
          HttpResponse<String> read =
              ap.send("GET", RegionProcess.doc("frozen", "by-eu"), "", bounded);
          assertTrue(List.of(200, 503).contains(read.statusCode()), "stale: " + read.body());
          return read.statusCode() == 200;
        });
  }

  private static void quorumWithoutIt(String region) throws IOException {
    String path = RegionProcess.doc("frozen", "by-" + region);
    HttpResponse<String> written =
        cluster.region(region).send("PUT", path, "{\"by\":\"" + region + "\"}", QUORUM_WRITE);
    assertEquals(201, written.statusCode(), written.body());
    String receipt = written.headers().firstValue("Meridian-Receipt").orElse("");
    assertTrue(receipt.contains("got=quorum") && receipt.contains("acks=2"), receipt);
    HttpResponse<String> read =
        cluster
            .region(region.equals("eu") ? "us" : "eu")
            .send("GET", path, "", Map.of("Meridian-Consistency", "quorum"));
    assertEquals(200, read.statusCode(), read.body());
    String agreed = read.headers().firstValue("Meridian-Receipt").orElse("");
    assertTrue(agreed.contains("got=quorum") && !agreed.contains("ap"), agreed);
    HttpResponse<String> all =
        cluster.region(region).send("PUT", path, "{}", Map.of("Meridian-Durability", "all"));
    assertEquals(503, all.statusCode(), "all three cannot be had: " + all.body());
  }
}
