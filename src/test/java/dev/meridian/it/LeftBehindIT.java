package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Logs are bounded, and a region that was away for longer than they reach back is filled anew: what
 * was deleted meanwhile does not come back through it, and what only it had is not lost.
 */
class LeftBehindIT {

  private static final long KEPT_BYTES = 4 << 20;

  @RegisterExtension
  static final ThreeRegions cluster =
      new ThreeRegions(
          Map.of(
              "MERIDIAN_LOG_KEEP_BYTES",
              Long.toString(KEPT_BYTES),
              "MERIDIAN_LOG_SEGMENT_BYTES",
              "1048576"));

  private static void fill(String region, String prefix, int documents) throws IOException {
    for (int from = 0; from < documents; from += 1_000) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < Math.min(documents, from + 1_000); i++) {
        lines.append("{\"op\":\"put\",\"id\":\"").append(prefix).append(i);
        lines.append("\",\"doc\":{\"n\":").append(i).append(",\"pad\":\"");
        for (int word = 0; word < 40; word++) { // not to be packed away
          lines.append(Integer.toHexString((i * 31 + word) * 0x9E3779B9));
        }
        lines.append("\"}}\n");
      }
      HttpResponse<String> answer =
          cluster.region(region).send("POST", "/v1/collections/c/bulk", lines.toString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static JsonNode get(String region, String path) throws IOException {
    HttpResponse<String> answer = cluster.region(region).get(path);
    assertEquals(200, answer.statusCode(), answer.body());
    return ThreeRegions.JSON.readTree(answer.body());
  }

  private static void assertIdentical() throws IOException {
    assertEquals(202, cluster.region("us").send("POST", "/v1/cluster/validate", "").statusCode());
    Await.until(
        "the proof is done",
        Duration.ofSeconds(60),
        () -> {
          try {
            return !get("us", "/v1/cluster/validate").path("state").asText().equals("running");
          } catch (IOException failed) {
            throw new AssertionError(failed);
          }
        });
    JsonNode proof = get("us", "/v1/cluster/validate");
    assertTrue(proof.path("identical").asBoolean(), proof.toString());
    assertEquals(cluster.content("eu", "c"), cluster.content("ap", "c"));
  }

  @Test
  void aRegionThatWasAwayForTooLongIsFilledAnew() throws IOException {
    fill("eu", "old", 200);
    cluster.awaitEqualVectors();
    cluster.fault("eu", "ap", "{\"drop\":true}");
    cluster.fault("us", "ap", "{\"drop\":true}");
    for (int i = 0; i < 20; i++) {
      cluster.put("ap", RegionProcess.doc("c", "only-here-" + i), "{\"i\":" + i + "}");
    }
    cluster.put("ap", RegionProcess.doc("c", "old3"), "{\"changed\":\"apart\"}");
    JsonNode had = cluster.status("ap").path("vector");
    cluster.region("ap").kill9();

    for (int i = 0; i < 100; i++) {
      cluster.region("eu").send("DELETE", RegionProcess.doc("c", "old" + (100 + i)), "");
    }
    fill("eu", "new", 16_000);
    cluster.heal("eu", "us");
    awaitTrimmedBeyond(had);
    long bytes = get("eu", "/v1/cluster").path("wal").path("bytes").asLong();
    assertTrue(bytes <= KEPT_BYTES + (3 << 20), "the log has " + bytes);

    cluster.region("ap").start();
    assertTrue(cluster.region("ap").said("event=left-behind"), () -> cluster.region("ap").log());
    assertTrue(cluster.region("ap").said("event=bootstrapped"), () -> cluster.region("ap").log());
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertIdentical();
    for (String region : ThreeRegions.NAMES) {
      for (int i = 0; i < 20; i++) {
        JsonNode document = get(region, RegionProcess.doc("c", "only-here-" + i));
        assertEquals(i, document.path("i").asInt());
      }
      assertEquals("apart", get(region, RegionProcess.doc("c", "old3")).path("changed").asText());
      assertEquals(410, cluster.region(region).get(RegionProcess.doc("c", "old150")).statusCode());
    }
    String why = cluster.status("ap").path("incarnation").path("why").asText();
    assertTrue(why.contains("longer than its peers keep their logs"), why);
    try (Stream<Path> files = Files.list(cluster.data("ap"))) {
      assertEquals(
          1,
          files.filter(file -> file.getFileName().toString().startsWith("left-behind-")).count());
    }
    assertTrue(Files.notExists(cluster.data("ap").resolve("unheard")));

    // It goes on, after another start too, and a log that was trimmed is read again.
    cluster.put("ap", RegionProcess.doc("c", "after"), "{\"life\":2}");
    cluster.awaitEqualVectors();
    for (String region : ThreeRegions.NAMES) {
      cluster.region(region).kill9();
      cluster.region(region).start();
    }
    cluster.awaitUp();
    assertIdentical();
    assertEquals(2, get("us", RegionProcess.doc("c", "after")).path("life").asInt());
  }

  private static void awaitTrimmedBeyond(JsonNode vector) {
    for (String region : new String[] {"eu", "us"}) {
      Await.until(
          "the log of " + region + " is trimmed",
          Duration.ofSeconds(30),
          () -> isTrimmedBeyond(region, vector));
    }
  }

  private static boolean isTrimmedBeyond(String region, JsonNode vector) {
    try {
      JsonNode from = cluster.status(region).path("logFrom");
      return ThreeRegions.NAMES.stream()
          .anyMatch(origin -> vector.path(origin).asLong() < from.path(origin).asLong());
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  /** It is not started again for that: clients are told to wait, and find it complete. */
  @Test
  void aRegionThatRunsCutOffForTooLongIsFilledAnew() throws IOException {
    fill("us", "before", 200);
    cluster.awaitEqualVectors();
    cluster.fault("eu", "ap", "{\"drop\":true}");
    cluster.fault("us", "ap", "{\"drop\":true}");
    cluster.put("ap", RegionProcess.doc("c", "before7"), "{\"changed\":\"apart\"}");
    for (int i = 0; i < 50; i++) {
      cluster.put("ap", RegionProcess.doc("c", "apart" + i), "{\"i\":" + i + "}");
      cluster.region("us").send("DELETE", RegionProcess.doc("c", "before" + (100 + i)), "");
    }
    fill("us", "meanwhile", 16_000);
    awaitTrimmedBeyond(cluster.status("ap").path("vector"));
    long starts = cluster.region("ap").count("event=started");
    long process = cluster.region("ap").pid();
    assertEquals(0, cluster.region("ap").count("event=renewing"));
    cluster.heal("eu", "us");

    Await.until(
        "it is filled anew",
        Duration.ofSeconds(60),
        () ->
            cluster.region("ap").count("event=started") > starts
                && cluster.region("ap").status("GET", RegionProcess.doc("c", "apart1")) == 200);
    assertEquals(process, cluster.region("ap").pid());
    assertEquals(1, cluster.region("ap").count("event=renewing"), () -> cluster.region("ap").log());
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertIdentical();
    for (String region : ThreeRegions.NAMES) {
      for (int i = 0; i < 50; i++) {
        assertEquals(i, get(region, RegionProcess.doc("c", "apart" + i)).path("i").asInt());
        String deleted = RegionProcess.doc("c", "before" + (100 + i));
        assertEquals(410, cluster.region(region).get(deleted).statusCode());
      }
      assertEquals(
          "apart", get(region, RegionProcess.doc("c", "before7")).path("changed").asText());
    }
    assertEquals("normal", cluster.status("ap").path("mode").asText());
    // All that was handed out belongs to the new life: what peers hear, and what is measured.
    cluster.put("ap", RegionProcess.doc("c", "second-life"), "{\"n\":1}");
    cluster.awaitEqualVectors();
    assertEquals(1, get("us", RegionProcess.doc("c", "second-life")).path("n").asInt());
    long last = cluster.status("ap").path("wal").path("lastLsn").asLong();
    assertTrue(metric("meridian_log_lsn_durable") >= last - 1);
  }

  /** A crash after its old data was moved aside: it waits for a copy rather than serve nothing. */
  @Test
  void aRegionWhoseDataWasMovedAsideWaitsForACopy() throws IOException {
    fill("eu", "kept", 100);
    cluster.awaitEqualVectors();
    for (String region : ThreeRegions.NAMES) {
      cluster.region(region).kill9();
    }
    Path data = cluster.data("ap");
    for (String gone : new String[] {"MANIFEST", "MANIFEST.copy", "tables", "wal"}) {
      if (Files.exists(data.resolve(gone))) {
        RegionProcess.delete(data.resolve(gone));
      }
    }
    Files.write(data.resolve("unheard"), new byte[Long.BYTES + Integer.BYTES]);
    cluster.region("ap").launch();
    Await.until(
        "it waits",
        Duration.ofSeconds(30),
        () ->
            cluster.region("ap").said("waiting for a region to be filled from")
                && cluster.region("ap").status("GET", RegionProcess.doc("c", "kept1")) == 503);
    assertEquals(503, cluster.region("ap").status("PUT", RegionProcess.doc("c", "kept1")));
    cluster.region("eu").start();
    cluster.region("us").start();
    cluster.region("ap").awaitReady();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
    assertIdentical();
    assertTrue(Files.notExists(data.resolve("unheard")));
  }

  private static double metric(String name) throws IOException {
    return cluster
        .region("ap")
        .get("/q/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }
}
