package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What replication promises, between three real processes. */
class ReplicationIT {

  private static final List<String> ALL = ThreeRegions.NAMES;

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  @Test
  void aDocumentWrittenAnywhereAppearsEverywhere() throws IOException {
    for (String region : ALL) {
      cluster.put(
          region, RegionProcess.doc("seen", "from-" + region), "{\"at\":\"" + region + "\"}");
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
        cluster.put(region, path, "{\"by\":\"" + region + "\",\"i\":" + i + "}");
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
    cluster.put("ap", RegionProcess.doc("shared", "d"), "{}");
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
    cluster.fault("eu", "us", "{\"drop\":true}");
    cluster.put("eu", RegionProcess.doc("cut", "from-eu"), "{}");
    cluster.put("us", RegionProcess.doc("cut", "from-us"), "{}");
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
      cluster.fault("eu", peer, "{\"drop\":true,\"direction\":\"out\"}");
    }
    for (int i = 0; i < 50; i++) {
      cluster.put("eu", RegionProcess.doc("alone", "eu" + i), "{}");
      cluster.put("us", RegionProcess.doc("alone", "us" + i), "{}");
    }
    // The other direction is open: eu still hears of the others.
    cluster.awaitSame(RegionProcess.doc("alone", "us49"), ALL);
    assertEquals(404, cluster.region("us").status("GET", RegionProcess.doc("alone", "eu49")));
    cluster.heal();
    cluster.awaitEqualVectors();
    cluster.awaitSame(RegionProcess.doc("alone", "eu49"), ALL);
    assertEquals(cluster.content("eu", "alone"), cluster.content("ap", "alone"));
  }

  private static void awaitLink(String region, String peer, String state) {
    Await.until(
        "the link from " + peer + " to " + region + " is " + state,
        Duration.ofSeconds(20),
        () -> cluster.link(region, peer).path("state").asText().equals(state));
  }

  @Test
  void aPausedLinkIsRelayedAroundAndResumes() throws IOException {
    cluster.pause("eu", "us", true);
    awaitLink("eu", "us", "paused");
    cluster.put("us", RegionProcess.doc("paused", "one"), "{}");
    cluster.awaitSame(RegionProcess.doc("paused", "one"), ALL);
    assertEquals("paused", cluster.link("eu", "us").path("state").asText());
    cluster.pause("eu", "us", false);
    awaitLink("eu", "us", "streaming");
    assertEquals(4, cluster.link("eu", "us").path("detail").path("slo").size());
    assertTrue(cluster.region("eu").get("/q/metrics").body().contains("meridian_link_slo_burn"));
  }

  @Test
  void aPausedLinkStaysPausedAcrossARestart() throws IOException {
    cluster.pause("eu", "us", true);
    awaitLink("eu", "us", "paused");
    String since = cluster.link("eu", "us").path("detail").path("pausedSince").asText();
    RegionProcess eu = cluster.region("eu");
    eu.kill9();
    eu.start();
    var link = cluster.link("eu", "us");
    assertEquals("paused", link.path("state").asText());
    assertEquals(since, link.path("detail").path("pausedSince").asText());
    assertEquals("paused by an operator since " + since, link.path("reason").asText());
    // Only the one that was paused; and what it lacks comes by the other.
    awaitLink("eu", "ap", "streaming");
    cluster.put("us", RegionProcess.doc("paused", "two"), "{}");
    cluster.awaitSame(RegionProcess.doc("paused", "two"), ALL);
    cluster.pause("eu", "us", false);
    awaitLink("eu", "us", "streaming");
    assertEquals("", cluster.link("eu", "us").path("detail").path("pausedSince").asText());
    eu.kill9();
    eu.start();
    awaitLink("eu", "us", "streaming");
  }

  @Test
  void aDamagedNoteOfPausedLinksPausesNothingAndIsTold() throws IOException {
    cluster.pause("eu", "us", true);
    awaitLink("eu", "us", "paused");
    RegionProcess eu = cluster.region("eu");
    eu.kill9();
    Path note = cluster.data("eu").resolve("PAUSED-LINKS");
    byte[] bytes = Files.readAllBytes(note);
    bytes[bytes.length - 1] ^= 1;
    Files.write(note, bytes);
    eu.start();
    awaitLink("eu", "us", "streaming");
    assertTrue(eu.log().contains("event=paused-links-unreadable"), eu.log());
  }

  @Test
  void aDelayedLinkKeepsOrderAndArrives() throws IOException {
    cluster.fault("ap", "eu", "{\"delayMs\":300,\"direction\":\"in\"}");
    cluster.fault("ap", "us", "{\"delayMs\":300,\"direction\":\"in\"}");
    cluster.put("eu", RegionProcess.doc("late", "a"), "{\"v\":1}");
    cluster.put("eu", RegionProcess.doc("late", "b"), "{\"v\":2}");
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
      cluster.put("ap", RegionProcess.doc("wiped", "before" + i), "{\"i\":" + i + "}");
    }
    cluster.awaitEqualVectors();
    RegionProcess ap = cluster.region("ap");
    ap.kill9();
    RegionProcess.delete(cluster.data("ap"));
    ap.start();
    cluster.put("ap", RegionProcess.doc("wiped", "after"), "{}");
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
      cluster.put("eu", RegionProcess.doc("gap", "doc" + i), "{\"i\":" + i + "}");
      cluster.put("us", RegionProcess.doc("gap", "us" + i), "{\"i\":" + i + "}");
    }
    cluster.awaitEqualVectors();
    RegionProcess eu = cluster.region("eu");
    eu.kill9();
    Path log;
    try (var files = Files.walk(cluster.data("eu"))) {
      log =
          files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(log);
    int used = bytes.length - 1;
    while (bytes[used] == 0) {
      used--;
    }
    for (int i = 0; i < 500; i++) {
      bytes[used / 2 + i] ^= 0x55;
    }
    Files.write(log, bytes);
    eu.start();
    assertTrue(eu.log().contains("event=damage-found"), eu.log());
    cluster.put("eu", RegionProcess.doc("gap", "after"), "{}");
    cluster.awaitEqualVectors();
    String whole = cluster.content("us", "gap");
    assertEquals(whole, cluster.content("eu", "gap"));
    assertEquals(whole, cluster.content("ap", "gap"));
    for (int i = 0; i < 300; i++) {
      assertEquals(200, eu.status("GET", RegionProcess.doc("gap", "doc" + i)), "doc" + i);
    }
  }

  @Test
  void aClockIsSetWrongUntilToldOtherwiseAndByAnHourAtMost() throws IOException {
    long before = millisOf(cluster.status("us"));
    assertEquals(
        200, cluster.region("us").put("/v1/chaos/clock", "{\"offsetMs\":5000}").statusCode());
    cluster.put("us", RegionProcess.doc("clocks", "ahead"), "{}");
    assertTrue(millisOf(cluster.status("us")) - before >= 5_000, "its clock was not set");
    for (String body :
        List.of(
            "{\"offsetMs\":3600001}",
            "{\"offsetMs\":-9223372036854775808}",
            "{\"offsetMs\":1.5}",
            "{\"offsetMs\":1,\"forMs\":0}",
            "{\"offset\":1}")) {
      HttpResponse<String> answer = cluster.region("us").put("/v1/chaos/clock", body);
      assertEquals(400, answer.statusCode(), body);
      assertTrue(answer.body().contains("invalid-request"), answer.body());
    }
    assertEquals(204, cluster.region("us").status("DELETE", "/v1/chaos/clock"));
  }

  private static long millisOf(JsonNode status) {
    return Long.parseLong(status.path("hlc").asText(), 16) >>> 16;
  }
}
