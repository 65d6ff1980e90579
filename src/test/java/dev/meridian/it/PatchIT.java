package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Patches between three real processes, of documents that live in some of them. */
class PatchIT {

  private static final Map<String, String> ALL = Map.of("Meridian-Durability", "all");
  private static final String MERGE = "application/merge-patch+json";
  private static final String JSON = "application/json-patch+json";

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static void place(String collection, String placement) throws IOException {
    HttpResponse<String> made =
        cluster
            .region("eu")
            .send("PUT", "/v1/collections/" + collection, "{\"placement\":" + placement + "}", ALL);
    assertEquals(201, made.statusCode(), made.body());
  }

  private static HttpResponse<String> patch(
      String region, String path, String type, String body, String... headers) throws IOException {
    return cluster.region(region).patch(path, type, body, headers);
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static boolean holds(String region, String text) throws IOException {
    try (Stream<Path> files = Files.walk(cluster.data(region))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void aPatchGoesToWhereTheDocumentLivesAndIsNotKeptElsewhere() throws IOException {
    String secret = "p4tched-in-europe";
    place("letters", "{\"regions\":[\"eu\"]}");
    String path = RegionProcess.doc("letters", "a");
    RegionProcess us = cluster.region("us");
    assertEquals(404, patch("us", path, MERGE, "{}").statusCode());
    assertEquals(201, us.put(path, "{\"n\":1.10,\"old\":true}").statusCode());
    HttpResponse<String> patched =
        patch("us", path, MERGE, "{\"old\":null,\"text\":\"" + secret + "\"}");
    String document = "{\"n\":1.10,\"text\":\"" + secret + "\"}";
    assertEquals(200, patched.statusCode(), patched.body());
    assertEquals(document, patched.body());
    assertTrue(header(patched, "Meridian-Receipt").contains("made in eu"));
    assertTrue(header(patched, "ETag").endsWith("-eu\""), header(patched, "ETag"));
    // Its session reads it in a third region.
    HttpResponse<String> read =
        cluster
            .region("ap")
            .send("GET", path, "", Map.of("Meridian-Session", header(patched, "Meridian-Session")));
    assertEquals(document, read.body());
    assertEquals(header(patched, "ETag"), header(read, "ETag"));
    // What is wrong is told by the region that knows.
    HttpResponse<String> conflict =
        patch("ap", path, JSON, "[{\"op\":\"test\",\"path\":\"/n\",\"value\":2}]");
    assertEquals(409, conflict.statusCode(), conflict.body());
    JsonNode problem = ThreeRegions.JSON.readTree(conflict.body());
    assertEquals("patch-test-failed", problem.path("code").asText());
    assertEquals("0", problem.path("operation").asText());
    assertEquals(
        412, patch("us", path, MERGE, "{\"n\":2}", "If-Match", "\"x\"").statusCode(), "its state");
    HttpResponse<String> minimal =
        patch(
            "us",
            path,
            MERGE,
            "{\"n\":3}",
            "If-Match",
            header(read, "ETag"),
            "Prefer",
            "return=minimal",
            "Meridian-Durability",
            "quorum");
    assertEquals(200, minimal.statusCode(), minimal.body());
    assertEquals("", minimal.body());
    String bulk =
        us.send(
                "POST",
                "/v1/collections/letters/bulk",
                "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"json-patch\",\"patch\":"
                    + "[{\"op\":\"add\",\"path\":\"/tags\",\"value\":[]}]}\n"
                    + "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"json-patch\",\"patch\":"
                    + "[{\"op\":\"add\",\"path\":\"/tags/-\",\"value\":1}]}\n"
                    + "{\"op\":\"get\",\"id\":\"a\"}\n")
            .body();
    assertTrue(bulk.contains("\"tags\":[1]"), bulk);
    cluster.awaitEqualVectors();
    assertEquals(410, deleted(path));
    assertFalse(holds("us", secret));
    assertFalse(holds("ap", secret));
    assertTrue(holds("eu", secret), "the search finds what is there");
  }

  private static int deleted(String path) throws IOException {
    assertEquals(204, cluster.region("ap").send("DELETE", path, "").statusCode());
    return patch("us", path, MERGE, "{}").statusCode();
  }

  @Test
  void aPatchOfTheFieldThatDecidesMovesTheDocument() throws IOException {
    place(
        "movers",
        "{\"regions\":[\"eu\"],\"field\":\"/in\",\"map\":{\"us\":[\"us\"],\"ap\":[\"ap\"]}}");
    String path = RegionProcess.doc("movers", "m");
    assertEquals(201, cluster.region("ap").put(path, "{\"in\":\"us\",\"n\":1.50}").statusCode());
    HttpResponse<String> moved = patch("eu", path, MERGE, "{\"in\":\"ap\"}");
    assertEquals(200, moved.statusCode(), moved.body());
    assertEquals("{\"in\":\"ap\",\"n\":1.50}", moved.body());
    assertTrue(header(moved, "ETag").endsWith("-ap\""), header(moved, "ETag"));
    HttpResponse<String> again =
        patch(
            "us", path, MERGE, "{\"n\":2}", "Meridian-Session", header(moved, "Meridian-Session"));
    assertEquals("{\"in\":\"ap\",\"n\":2}", again.body());
    assertTrue(header(again, "ETag").endsWith("-ap\""), header(again, "ETag"));
  }

  /** Every region's clients count one document up, which lives in one region: none is lost. */
  @Test
  void incrementsFromEveryRegionAreAllThere() throws Exception {
    place("counters", "{\"regions\":[\"ap\"]}");
    String path = RegionProcess.doc("counters", "c");
    assertEquals(201, cluster.region("ap").put(path, "{\"n\":0}").statusCode());
    cluster.awaitEqualVectors();
    ConcurrentLinkedQueue<String> versions = new ConcurrentLinkedQueue<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(12)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String region = ThreeRegions.NAMES.get(i % 3);
        all.add(
            clients.submit(
                () -> {
                  for (int count = 0; count < 10; count++) {
                    versions.add(increment(region, path));
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertEquals("{\"n\":120}", cluster.region("ap").get(path).body());
    assertEquals(120, versions.stream().distinct().count());
    cluster.awaitSame(path, ThreeRegions.NAMES);
  }

  private static String increment(String region, String path) throws IOException {
    for (long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos(); ; ) {
      HttpResponse<String> read = cluster.region(region).get(path);
      int n = ThreeRegions.JSON.readTree(read.body()).path("n").asInt();
      HttpResponse<String> done =
          patch(
              region,
              path,
              JSON,
              "[{\"op\":\"test\",\"path\":\"/n\",\"value\":"
                  + n
                  + "},{\"op\":\"replace\",\"path\":\"/n\",\"value\":"
                  + (n + 1)
                  + "}]");
      if (done.statusCode() == 200) {
        return header(done, "ETag");
      }
      assertEquals(409, done.statusCode(), done.body());
      assertTrue(System.nanoTime() < deadline, "still not counted after a minute");
    }
  }
}
