package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replication promises, between three real processes. */
class ReplicationIT {

  private static final List<String> ALL = ThreeRegions.NAMES;

  @TempDir static Path directory;
  private static ThreeRegions cluster;

  @BeforeAll
  static void start() {
    cluster = new ThreeRegions(directory).start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void heal() {
    for (String region : ALL) {
      for (String peer : ALL) {
        if (!peer.equals(region)) {
          cluster.region(region).status("DELETE", "/v1/chaos/links/" + peer);
        }
      }
    }
  }

  private static void put(String region, String path, String body) throws IOException {
    int status = cluster.region(region).put(path, body).statusCode();
    assertTrue(status == 200 || status == 201, region + " answered " + status);
  }

  private static void fault(String region, String peer, String body) throws IOException {
    assertEquals(200, cluster.region(region).put("/v1/chaos/links/" + peer, body).statusCode());
  }

  @Test
  void aDocumentWrittenAnywhereAppearsEverywhere() throws IOException {
    for (String region : ALL) {
      put(region, RegionProcess.doc("seen", "from-" + region), "{\"at\":\"" + region + "\"}");
    }
    for (String region : ALL) {
      cluster.awaitSame(RegionProcess.doc("seen", "from-" + region), ALL);
    }
    cluster.region("us").send("DELETE", RegionProcess.doc("seen", "from-eu"), "");
    Await.until(
        "the deletion is seen everywhere",
        Duration.ofSeconds(20),
        () ->
            ALL.stream()
                .allMatch(
                    r ->
                        cluster.region(r).status("GET", RegionProcess.doc("seen", "from-eu"))
                            == 410));
  }

  @Test
  void concurrentWritesEndInTheSameBytesEverywhere() throws IOException {
    String path = RegionProcess.doc("race", "one");
    for (int i = 0; i < 30; i++) {
      for (String region : ALL) {
        put(region, path, "{\"by\":\"" + region + "\",\"i\":" + i + "}");
      }
    }
    cluster.awaitEqualVectors();
    cluster.awaitSame(path, ALL);
  }

  @Test
  void settingsAndDropsReplicate() throws IOException {
    assertEquals(
        201,
        cluster
            .region("eu")
            .put("/v1/collections/shared", "{\"history\":{\"keepVersions\":3}}")
            .statusCode());
    Await.until(
        "the settings are everywhere",
        Duration.ofSeconds(20),
        () ->
            cluster
                .region("ap")
                .get("/v1/collections/shared")
                .body()
                .contains("\"keepVersions\":3"));
    put("ap", RegionProcess.doc("shared", "d"), "{}");
    cluster.awaitSame(RegionProcess.doc("shared", "d"), ALL);
    assertEquals(204, cluster.region("us").status("DELETE", "/v1/collections/shared"));
    Await.until(
        "the drop is everywhere",
        Duration.ofSeconds(20),
        () ->
            ALL.stream()
                .allMatch(r -> cluster.region(r).status("GET", "/v1/collections/shared") == 404));
  }

  @Test
  void aCutLinkIsRelayedAroundAndHeals() throws IOException {
    fault("eu", "us", "{\"drop\":true}");
    put("eu", RegionProcess.doc("cut", "from-eu"), "{}");
    put("us", RegionProcess.doc("cut", "from-us"), "{}");
    cluster.awaitSame(RegionProcess.doc("cut", "from-eu"), ALL);
    cluster.awaitSame(RegionProcess.doc("cut", "from-us"), ALL);
    cluster.region("eu").send("DELETE", "/v1/chaos/links/us", "");
    Await.until(
        "the link streams again",
        Duration.ofSeconds(20),
        () ->
            !cluster.region("us").get("/v1/cluster").body().contains("\"connecting\"")
                && !cluster.region("us").get("/v1/cluster").body().contains("\"down\""));
  }

  @Test
  void aRegionCutOffGoesOnAloneAndCatchesUp() throws IOException {
    for (String peer : List.of("us", "ap")) {
      fault("eu", peer, "{\"drop\":true,\"direction\":\"out\"}");
    }
    for (int i = 0; i < 50; i++) {
      put("eu", RegionProcess.doc("alone", "eu" + i), "{}");
      put("us", RegionProcess.doc("alone", "us" + i), "{}");
    }
    // The other direction is open: eu still hears of the others.
    cluster.awaitSame(RegionProcess.doc("alone", "us49"), ALL);
    assertEquals(404, cluster.region("us").status("GET", RegionProcess.doc("alone", "eu49")));
    heal();
    cluster.awaitEqualVectors();
    cluster.awaitSame(RegionProcess.doc("alone", "eu49"), ALL);
    assertEquals(cluster.content("eu", "alone"), cluster.content("ap", "alone"));
  }

  private static com.fasterxml.jackson.databind.JsonNode linkOf(String region, String peer)
      throws IOException {
    var status = ThreeRegions.JSON.readTree(cluster.region(region).get("/v1/cluster").body());
    for (var link : status.path("links")) {
      if (link.path("from").asText().equals(peer)) {
        return link;
      }
    }
    throw new AssertionError("no link from " + peer + ": " + status);
  }

  @Test
  void aPausedLinkIsRelayedAroundAndResumes() throws IOException {
    String path = "/v1/cluster/links/us";
    assertEquals(200, cluster.region("eu").put(path, "{\"paused\":true}").statusCode());
    Await.until(
        "the link is paused",
        Duration.ofSeconds(20),
        () -> linkOf("eu", "us").path("state").asText().equals("paused"));
    put("us", RegionProcess.doc("paused", "one"), "{}");
    cluster.awaitSame(RegionProcess.doc("paused", "one"), ALL);
    assertEquals("paused", linkOf("eu", "us").path("state").asText());
    assertEquals(200, cluster.region("eu").put(path, "{\"paused\":false}").statusCode());
    Await.until(
        "the link streams",
        Duration.ofSeconds(20),
        () -> linkOf("eu", "us").path("state").asText().equals("streaming"));
    assertEquals(4, linkOf("eu", "us").path("detail").path("slo").size());
    assertTrue(cluster.region("eu").get("/q/metrics").body().contains("meridian_link_slo_burn"));
  }

  @Test
  void aDelayedLinkKeepsOrderAndArrives() throws IOException {
    fault("ap", "eu", "{\"delayMs\":300,\"direction\":\"in\"}");
    fault("ap", "us", "{\"delayMs\":300,\"direction\":\"in\"}");
    put("eu", RegionProcess.doc("late", "a"), "{\"v\":1}");
    put("eu", RegionProcess.doc("late", "b"), "{\"v\":2}");
    Await.until(
        "the second is there only with the first",
        Duration.ofSeconds(20),
        () -> {
          boolean second =
              cluster.region("ap").status("GET", RegionProcess.doc("late", "b")) == 200;
          if (second) {
            assertEquals(200, cluster.region("ap").status("GET", RegionProcess.doc("late", "a")));
          }
          return second;
        });
  }

  @Test
  void aRegionThatLostItsDiskFetchesItsPastBeforeItWrites() throws Exception {
    for (int i = 0; i < 40; i++) {
      put("ap", RegionProcess.doc("wiped", "before" + i), "{\"i\":" + i + "}");
    }
    cluster.awaitEqualVectors();
    RegionProcess ap = cluster.region("ap");
    ap.kill9();
    try (var files = java.nio.file.Files.walk(directory.resolve("ap"))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        java.nio.file.Files.delete(file);
      }
    }
    ap.start();
    put("ap", RegionProcess.doc("wiped", "after"), "{}");
    // A dot used twice would be taken for known by the others, and this write would never arrive.
    cluster.awaitSame(RegionProcess.doc("wiped", "after"), ALL);
    cluster.awaitEqualVectors();
    assertEquals(cluster.content("eu", "wiped"), cluster.content("ap", "wiped"));
  }

  @Test
  void killingARegionUnderLoadLosesNothingAnywhere() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("ReplicationIT seed=" + seed);
    Random random = new Random(seed);
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    AtomicBoolean running = new AtomicBoolean(true);
    List<Thread> writers =
        ALL.stream().map(r -> new Thread(load(r, acknowledged, running))).toList();
    writers.forEach(Thread::start);
    for (int i = 0; i < 3; i++) {
      LockSupport.parkNanos((300 + random.nextInt(700)) * 1_000_000L);
      RegionProcess victim = cluster.region(ALL.get(random.nextInt(ALL.size())));
      victim.kill9();
      victim.start();
    }
    running.set(false);
    for (Thread writer : writers) {
      writer.join();
    }
    cluster.awaitEqualVectors();
    String content = cluster.content("eu", "load");
    for (String region : ALL) {
      assertEquals(content, cluster.content(region, "load"), "seed " + seed + " in " + region);
    }
    acknowledged.forEach(
        (id, body) ->
            assertTrue(content.contains(body), "seed " + seed + ": lost " + id + " " + body));
    System.out.println("ReplicationIT acknowledged=" + acknowledged.size() + " lost=0");
  }

  private static Runnable load(
      String region, Map<String, String> acknowledged, AtomicBoolean running) {
    return () -> {
      for (int i = 0; running.get(); i++) {
        String id = region + "-" + i;
        String body = "{\"id\":\"" + id + "\",\"pad\":\"" + "y".repeat(i % 300) + "\"}";
        try {
          if (cluster.region(region).put(RegionProcess.doc("load", id), body).statusCode() == 201) {
            acknowledged.put(id, body);
          }
        } catch (IOException down) {
          LockSupport.parkNanos(20_000_000); // it is being started again
        }
      }
    };
  }

  @Test
  void aRegionWithADamagedLogStartsAndIsMadeWholeByItsPeers() throws Exception {
    for (int i = 0; i < 300; i++) {
      put("eu", RegionProcess.doc("gap", "doc" + i), "{\"i\":" + i + "}");
      put("us", RegionProcess.doc("gap", "us" + i), "{\"i\":" + i + "}");
    }
    cluster.awaitEqualVectors();
    RegionProcess eu = cluster.region("eu");
    eu.kill9();
    Path log;
    try (var files = java.nio.file.Files.walk(directory.resolve("eu"))) {
      log =
          files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = java.nio.file.Files.readAllBytes(log);
    int used = bytes.length - 1;
    while (bytes[used] == 0) {
      used--;
    }
    for (int i = 0; i < 500; i++) {
      bytes[used / 2 + i] ^= 0x55;
    }
    java.nio.file.Files.write(log, bytes);
    eu.start();
    assertTrue(eu.log().contains("event=damage-found"), eu.log());
    put("eu", RegionProcess.doc("gap", "after"), "{}");
    cluster.awaitEqualVectors();
    String whole = cluster.content("us", "gap");
    assertEquals(whole, cluster.content("eu", "gap"));
    assertEquals(whole, cluster.content("ap", "gap"));
    for (int i = 0; i < 300; i++) {
      assertEquals(200, eu.status("GET", RegionProcess.doc("gap", "doc" + i)), "doc" + i);
    }
  }
}
