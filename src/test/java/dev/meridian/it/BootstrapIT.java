package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A region whose disk was lost gets its data back, whoever dies meanwhile, and makes no dot twice.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BootstrapIT {

  private static final int DOCUMENTS = 12_000;

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static void bulk(String region, String collection, StringBuilder lines)
      throws IOException {
    HttpResponse<String> answer =
        cluster
            .region(region)
            .send("POST", "/v1/collections/" + collection + "/bulk", lines.toString());
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static void fill(String region, String collection, int from, int to) throws IOException {
    for (int start = from; start < to; start += 1_000) {
      StringBuilder lines = new StringBuilder();
      for (int i = start; i < Math.min(to, start + 1_000); i++) {
        lines.append("{\"op\":\"put\",\"id\":\"d").append(i).append("\",\"doc\":{\"n\":");
        lines.append(i).append(",\"pad\":\"").append("x".repeat(100)).append("\"}}\n");
      }
      bulk(region, collection, lines);
    }
  }

  /** Deletions, versions side by side, counters, a dropped collection, settings. */
  private static void makeHistory() throws IOException {
    fill("eu", "many", 0, DOCUMENTS / 2);
    fill("ap", "many", DOCUMENTS / 2, DOCUMENTS);
    cluster.put("us", "/v1/collections/side", "{\"conflict\":{\"policy\":\"siblings\"}}");
    cluster.put("us", "/v1/collections/gone", "{}");
    fill("us", "gone", 0, 20);
    cluster.awaitEqualVectors();
    cluster.region("ap").send("DELETE", "/v1/collections/gone", "");
    for (int i = 0; i < 50; i++) {
      cluster.region("ap").send("DELETE", RegionProcess.doc("many", "d" + i), "");
    }
    cluster.put(
        "ap",
        RegionProcess.doc("count", "c1"),
        "{\"views\":{\"$crdt\":\"pn-counter\",\"value\":0}}");
    cluster.awaitEqualVectors();
    cluster.fault("eu", "ap", "{\"drop\":true}");
    cluster.fault("us", "ap", "{\"drop\":true}");
    for (int i = 0; i < 20; i++) {
      cluster.put("eu", RegionProcess.doc("side", "s" + i), "{\"at\":\"eu\"}");
      cluster.put("ap", RegionProcess.doc("side", "s" + i), "{\"at\":\"ap\"}");
      for (String region : ThreeRegions.NAMES) {
        assertEquals(200, increment(region));
      }
    }
    cluster.heal();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
  }

  private static int increment(String region) throws IOException {
    return cluster
        .region(region)
        .patch(
            RegionProcess.doc("count", "c1"),
            "application/vnd.meridian.crdt+json",
            "[{\"path\":\"/views\",\"type\":\"pn-counter\",\"op\":\"increment\",\"by\":1}]")
        .statusCode();
  }

  private static JsonNode get(String region, String path) throws IOException {
    HttpResponse<String> answer = cluster.region(region).get(path);
    assertEquals(200, answer.statusCode(), answer.body());
    return ThreeRegions.JSON.readTree(answer.body());
  }

  private static String everything(String region) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String collection : new String[] {"many", "side", "count"}) {
      all.append(cluster.content(region, collection));
      JsonNode figures = get(region, "/v1/collections/" + collection);
      all.append(figures.path("count")).append(' ').append(figures.path("bytes"));
      all.append(' ').append(figures.path("conflictsOpen")).append('\n');
    }
    all.append(get(region, "/v1/conflicts?limit=1000"));
    all.append(cluster.region(region).get("/v1/collections/gone").statusCode());
    return all.toString();
  }

  private static void wipe(String region) throws IOException {
    cluster.region(region).kill9();
    RegionProcess.delete(cluster.data(region));
  }

  private static void assertIdentical(String region) throws IOException {
    HttpResponse<String> begun = cluster.region(region).send("POST", "/v1/cluster/validate", "");
    assertEquals(202, begun.statusCode());
    Await.until(
        "the proof is done",
        Duration.ofSeconds(60),
        () -> {
          try {
            return !get(region, "/v1/cluster/validate").path("state").asText().equals("running");
          } catch (IOException failed) {
            throw new AssertionError(failed);
          }
        });
    JsonNode proof = get(region, "/v1/cluster/validate");
    assertTrue(proof.path("identical").asBoolean(), proof.toString());
  }

  /** It never made anything, and a copy of so little is not worth while: the log brings it. */
  @Test
  @Order(1)
  void whereTheLogBringsAllReadsWaitForItToo() throws Exception {
    fill("eu", "few", 0, 100);
    cluster.awaitEqualVectors();
    wipe("ap");
    for (String other : List.of("eu", "us")) {
      cluster.fault(other, "ap", "{\"delayMs\":1000,\"direction\":\"out\"}");
    }
    cluster.region("ap").launch();
    Set<Integer> answers = new HashSet<>();
    Await.until(
        "ap is ready",
        Duration.ofSeconds(60),
        () -> {
          answers.add(cluster.region("ap").status("GET", RegionProcess.doc("few", "d99")));
          return cluster.region("ap").status("GET", "/q/health/ready") == 200;
        });
    cluster.heal();
    assertEquals(200, cluster.region("ap").status("GET", RegionProcess.doc("few", "d99")));
    assertFalse(answers.contains(404), () -> answers + cluster.region("ap").log());
    assertFalse(cluster.region("ap").said("event=bootstrapped"), () -> cluster.region("ap").log());
    cluster.awaitUp();
  }

  @Test
  @Order(2)
  void aLostRegionIsFilledAndGoesOn() throws IOException, InterruptedException {
    makeHistory();
    String before = everything("eu");
    String firstLife = cluster.status("ap").path("incarnation").path("id").asText();
    long made = cluster.status("eu").path("vector").path("ap").asLong();
    assertFalse(firstLife.isEmpty());

    wipe("ap");
    fill("eu", "late", 0, 500); // what is written since comes by the log
    cluster.region("ap").start();
    assertTrue(cluster.region("ap").said("event=bootstrapped"), () -> cluster.region("ap").log());
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertEquals(before, everything("ap"));
    assertEquals(cluster.content("eu", "late"), cluster.content("ap", "late"));
    JsonNode incarnation = cluster.status("ap").path("incarnation");
    assertNotEquals(firstLife, incarnation.path("id").asText());
    assertTrue(incarnation.path("why").asText().contains("its data was lost"));
    assertIdentical("ap");

    // It writes on behind what it had made, and everybody hears it.
    cluster.put("ap", RegionProcess.doc("late", "again"), "{\"life\":2}");
    assertEquals(200, increment("ap"));
    cluster.awaitEqualVectors();
    assertEquals(made + 2, cluster.status("us").path("vector").path("ap").asLong());
    assertEquals(everything("us"), everything("ap"));
    assertIdentical("us");

    // A restart finds it again, and a kill between two of them.
    cluster.region("ap").kill9();
    cluster.region("ap").start();
    cluster.awaitUp();
    assertEquals(everything("us"), everything("ap"));
    assertIdentical("ap");

    dieMeanwhile();
  }

  /** The way to it is long, so that every step can be seen. */
  @Test
  @Order(3)
  void itTakesWritesBeforeItServesReadsAndSaysHowFarItIs() throws Exception {
    fill("eu", "filling", 0, DOCUMENTS);
    cluster.awaitEqualVectors();
    wipe("ap");
    for (String other : List.of("eu", "us")) {
      cluster.fault(other, "ap", "{\"delayMs\":1500,\"direction\":\"out\"}");
    }
    AtomicBoolean over = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> writeUntil(over));
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try {
      cluster.region("ap").launch();
      Await.until(
          "ap is ready",
          Duration.ofSeconds(90),
          () -> cluster.region("ap").status("GET", "/q/health/ready") == 200 || look(seen));
    } finally {
      over.set(true);
      writer.join();
    }
    assertTrue(seen.contains("progress"), () -> seen + cluster.region("ap").log());
    assertTrue(seen.contains("early write"), () -> seen + cluster.region("ap").log());
    cluster.heal();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertEquals(cluster.content("eu", "filling"), cluster.content("ap", "filling"));
    assertEquals(200, cluster.region("us").get(RegionProcess.doc("filling", "early")).statusCode());
  }

  /** Silence is no answer: they may know of dots that would be used a second time. */
  @Test
  @Order(4)
  void aRegionWithNothingWaitsForPeersThatAreThereAndSilent() throws IOException {
    cluster.put("ap", RegionProcess.doc("filling", "mine"), "{}");
    cluster.awaitEqualVectors();
    long made = cluster.status("eu").path("vector").path("ap").asLong();
    wipe("ap");
    cluster.region("eu").freeze();
    cluster.region("us").freeze();
    try {
      cluster.region("ap").launch();
      Await.until(
          "ap waits",
          Duration.ofSeconds(120),
          () ->
              cluster.region("ap").said("waiting for the peers")
                  && cluster.region("ap").status("GET", "/q/health/started") == 503,
          () -> cluster.region("ap").log());
      HttpResponse<String> refused =
          cluster.region("ap").put(RegionProcess.doc("filling", "too-early"), "{}");
      assertEquals(503, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("may know of an earlier life"), refused.body());
    } finally {
      cluster.region("eu").thaw();
      cluster.region("us").thaw();
    }
    cluster.region("ap").awaitReady();
    cluster.put("ap", RegionProcess.doc("filling", "after"), "{}");
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertEquals(made + 1, cluster.status("eu").path("vector").path("ap").asLong());
    assertEquals(cluster.content("eu", "filling"), cluster.content("ap", "filling"));
  }

  private static void writeUntil(AtomicBoolean over) {
    try {
      for (int i = 0; !over.get(); i++) {
        cluster.put("eu", RegionProcess.doc("filling", "meanwhile" + i), "{}");
      }
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  /** Notes what the region tells while it is not ready; false. */
  private static boolean look(Set<String> seen) {
    try {
      String health = cluster.region("ap").get("/q/health/started").body();
      if (health.contains("copying the data of") && health.contains(" s left")) {
        seen.add("progress");
      }
      HttpResponse<String> read = cluster.region("ap").get(RegionProcess.doc("filling", "d1"));
      if (read.statusCode() == 503 && read.body().contains("writes are taken already")) {
        int status =
            cluster
                .region("ap")
                .put(RegionProcess.doc("filling", "early"), "{\"early\":true}")
                .statusCode();
        if (status == 201 || status == 200) {
          seen.add("early write");
        }
      }
    } catch (IOException notUpYet) {
      seen.add("not up");
    }
    return false;
  }

  /** The region that is filled, or the one it is filled from, is killed at any moment. */
  private static void dieMeanwhile() throws IOException, InterruptedException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("BootstrapIT seed=" + seed);
    Random random = new Random(seed);
    String expected = everything("eu");
    for (int round = 0; round < 4; round++) {
      wipe("us");
      cluster.region("us").launch();
      Thread.sleep(random.nextInt(2_500)); // the moment is left to chance, nothing waits for it
      String victim = round % 2 == 0 ? "us" : random.nextBoolean() ? "eu" : "ap";
      cluster.region(victim).kill9();
      cluster.region(victim).start();
      cluster.region("us").awaitReady();
      cluster.awaitUp();
      cluster.awaitEqualVectors();
      for (String region : ThreeRegions.NAMES) {
        assertEquals(expected, everything(region), region + " in round " + round);
      }
    }
    assertIdentical("eu");
  }
}
