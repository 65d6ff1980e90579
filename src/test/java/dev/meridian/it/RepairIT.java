package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Damage beneath the log of real processes is proved, found and mended, whatever dies meanwhile.
 */
class RepairIT {

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static void fill(String region, String collection, int documents) throws IOException {
    for (int from = 0; from < documents; from += 500) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < Math.min(documents, from + 500); i++) {
        lines.append("{\"op\":\"put\",\"id\":\"d").append(i).append("\",\"doc\":{\"n\":");
        lines.append(i).append(",\"pad\":\"").append("x".repeat(150)).append("\"}}\n");
      }
      HttpResponse<String> answer =
          cluster
              .region(region)
              .send("POST", "/v1/collections/" + collection + "/bulk", lines.toString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static JsonNode post(String region, String path, String body, int status)
      throws IOException {
    HttpResponse<String> answer = cluster.region(region).send("POST", path, body);
    assertEquals(status, answer.statusCode(), answer.body());
    return ThreeRegions.JSON.readTree(answer.body());
  }

  private static JsonNode get(String region, String path) throws IOException {
    HttpResponse<String> answer = cluster.region(region).get(path);
    assertEquals(200, answer.statusCode(), answer.body());
    return ThreeRegions.JSON.readTree(answer.body());
  }

  private static int damage(String region, String collection, int documents, String how)
      throws IOException {
    String body =
        "{\"collection\":\""
            + collection
            + "\",\"documents\":"
            + documents
            + ",\"how\":\""
            + how
            + "\"}";
    return post(region, "/v1/chaos/damage", body, 200).path("documents").asInt();
  }

  /** With all peers; returns the reports of this one, the last one first. */
  private static List<JsonNode> repair(String region) throws IOException {
    int before = reports(region).size();
    post(region, "/v1/cluster/repair", "", 202);
    Await.until(
        "the repairs of " + region + " are done",
        Duration.ofSeconds(60),
        () -> {
          List<JsonNode> all = unchecked(() -> reports(region));
          return all.size() >= before + 2
              && all.stream().noneMatch(each -> each.path("state").asText().equals("running"));
        });
    return reports(region).subList(0, 2);
  }

  private interface Asking<T> {
    T ask() throws IOException;
  }

  private static <T> T unchecked(Asking<T> asking) {
    try {
      return asking.ask();
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  private static List<JsonNode> reports(String region) throws IOException {
    JsonNode status = get(region, "/v1/cluster/repair");
    List<JsonNode> all = new ArrayList<>();
    if (!status.path("state").asText().equals("never")) {
      all.add(status);
    }
    status.path("history").forEach(all::add);
    return all;
  }

  private static JsonNode prove(String region) throws IOException {
    post(region, "/v1/cluster/validate", "", 202);
    Await.until(
        "the proof of " + region + " is done",
        Duration.ofSeconds(60),
        () ->
            !unchecked(() -> get(region, "/v1/cluster/validate"))
                .path("state")
                .asText()
                .equals("running"));
    JsonNode proof = get(region, "/v1/cluster/validate");
    assertEquals("done", proof.path("state").asText(), proof.toString());
    return proof;
  }

  private static JsonNode collection(JsonNode report, String name) {
    for (JsonNode each : report.path("collections")) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("nothing of " + name + " in " + report);
  }

  private static void assertSame(String collection) throws IOException {
    String expected = cluster.content("eu", collection);
    for (String region : ThreeRegions.NAMES) {
      assertEquals(expected, cluster.content(region, collection), region);
    }
  }

  private static long sum(List<JsonNode> reports, String collection, String figure) {
    return reports.stream()
        .filter(report -> report.path("collections").toString().contains("\"" + collection + "\""))
        .mapToLong(report -> collection(report, collection).path(figure).asLong())
        .sum();
  }

  @Test
  void damageIsProvedFoundAndMended() throws IOException {
    fill("eu", "drill", 1_000);
    cluster.awaitEqualVectors();
    JsonNode before = prove("us");
    assertTrue(before.path("identical").asBoolean(), before.toString());
    assertEquals(1_000, collection(before, "drill").path("count").asInt());
    assertEquals(64, before.path("signature").asText().length());
    assertEquals(3, collection(before, "drill").path("checksum").size());

    assertEquals(30, damage("us", "drill", 30, "lose"));
    assertEquals(10, damage("ap", "drill", 10, "alter"));
    assertNotEquals(cluster.content("eu", "drill"), cluster.content("us", "drill"));
    JsonNode damaged = prove("ap");
    assertFalse(damaged.path("identical").asBoolean());
    int differing = collection(damaged, "drill").path("differing").size();
    assertTrue(differing >= 30 && differing <= 40, "differing " + differing);

    List<JsonNode> reports = repair("eu");
    for (JsonNode report : reports) {
      assertEquals("done", report.path("state").asText(), report.toString());
    }
    assertEquals(40, sum(reports, "drill", "sent"));
    assertEquals(0, sum(reports, "drill", "received"));
    JsonNode after = prove("eu");
    assertTrue(after.path("identical").asBoolean(), after.toString());
    assertSame("drill");
    assertEquals(1_000, get("us", "/v1/collections/drill").path("count").asInt());

    JsonNode trees = get("us", "/v1/cluster/repair/trees?peer=ap&collection=drill");
    assertEquals(0, trees.path("differing").size());
    assertEquals(1_000, trees.path("documentsThere").asInt());
    assertTrue(
        cluster.region("us").get("/q/metrics").body().contains("meridian_repair_received_total"));
  }

  @Test
  void whoDiesInTheMiddleLosesNothing() throws IOException, InterruptedException {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("RepairIT seed=" + seed);
    Random random = new Random(seed);
    fill("us", "killed", 4_000);
    cluster.awaitEqualVectors();
    String expected = cluster.content("eu", "killed");
    for (int round = 0; round < 3; round++) {
      damage("us", "killed", 2_500, "lose");
      String victim = round % 2 == 0 ? "us" : "eu";
      post("eu", "/v1/cluster/repair", "{\"peer\":\"us\"}", 202);
      Thread.sleep(random.nextInt(400)); // the moment is left to chance, nothing waits for it
      cluster.region(victim).kill9();
      cluster.region(victim).start();
      cluster.awaitUp();
      repair("eu");
      assertEquals(expected, cluster.content("us", "killed"), "round " + round);
      assertEquals(expected, cluster.content("eu", "killed"), "round " + round);
      JsonNode proof = prove("us");
      assertTrue(proof.path("identical").asBoolean(), proof.toString());
    }
  }

  @Test
  void writesGoOnMeanwhile() throws Exception {
    fill("ap", "busy", 2_000);
    cluster.awaitEqualVectors();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  Random random = new Random(3);
                  while (!over.get()) {
                    int number = random.nextInt(2_500);
                    String region = ThreeRegions.NAMES.get(number % 3);
                    unchecked(
                        () -> {
                          cluster.put(
                              region,
                              RegionProcess.doc("busy", "d" + number),
                              "{\"w\":" + number + "}");
                          return written.incrementAndGet();
                        });
                  }
                });
    try {
      damage("ap", "busy", 500, "lose");
      damage("eu", "busy", 100, "lose");
      for (JsonNode report : repair("ap")) {
        assertEquals("done", report.path("state").asText(), report.toString());
      }
      repair("eu");
      JsonNode during = prove("us");
      assertTrue(during.path("identical").asBoolean(), during.toString());
    } finally {
      over.set(true);
      writer.join();
    }
    assertTrue(written.get() > 20, "written " + written);
    cluster.awaitEqualVectors();
    for (String region : ThreeRegions.NAMES) {
      repair(region);
    }
    JsonNode proof = prove("us");
    assertTrue(proof.path("identical").asBoolean(), proof.toString());
    assertSame("busy");
  }

  @Test
  void aPeerThatIsCutOffIsToldOf() throws IOException {
    cluster.fault("eu", "ap", "{\"drop\":true}");
    post("eu", "/v1/cluster/repair", "{\"peer\":\"ap\",\"look\":false}", 202);
    Await.until(
        "the repair failed",
        Duration.ofSeconds(40),
        () ->
            unchecked(() -> get("eu", "/v1/cluster/repair"))
                .path("state")
                .asText()
                .equals("failed"));
    assertFalse(get("eu", "/v1/cluster/repair").path("detail").asText().isEmpty());
    assertEquals(
        404,
        cluster
            .region("eu")
            .send("POST", "/v1/cluster/repair", "{\"peer\":\"mars\"}")
            .statusCode());
    assertEquals(
        400,
        cluster.region("eu").send("POST", "/v1/cluster/repair", "{\"pear\":\"us\"}").statusCode());
    assertEquals(
        404,
        cluster
            .region("eu")
            .send(
                "POST",
                "/v1/chaos/damage",
                "{\"collection\":\"none\",\"documents\":1,\"how\":\"lose\"}")
            .statusCode());
    assertEquals(
        400,
        cluster
            .region("eu")
            .send(
                "POST",
                "/v1/chaos/damage",
                "{\"collection\":\"drill\",\"documents\":0,\"how\":\"lose\"}")
            .statusCode());
  }
}
