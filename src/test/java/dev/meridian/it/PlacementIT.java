package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that live in some of three real processes, which are killed. */
class PlacementIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Map<String, String> ALL = Map.of("Meridian-Durability", "all");
  private static final Map<String, String> QUORUM = Map.of("Meridian-Durability", "quorum");

  @TempDir private Path directory;
  private ThreeRegions cluster;

  @BeforeEach
  void start() {
    cluster = new ThreeRegions().start(directory);
    awaitState("eu", "us", "up");
    awaitState("eu", "ap", "up");
    awaitState("ap", "eu", "up");
    awaitState("us", "eu", "up");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void awaitState(String at, String peer, String state) {
    Await.until(
        peer + " is " + state + " at " + at,
        LIMIT,
        () -> {
          for (JsonNode region : status(at).path("regions")) {
            if (region.path("id").asText().equals(peer)) {
              return region.path("state").asText().equals(state);
            }
          }
          return false;
        });
  }

  private JsonNode status(String at) throws IOException {
    return ThreeRegions.JSON.readTree(cluster.region(at).get("/v1/cluster").body());
  }

  private void place(String collection, String placement) throws IOException {
    HttpResponse<String> made =
        cluster
            .region("eu")
            .send("PUT", "/v1/collections/" + collection, "{\"placement\":" + placement + "}", ALL);
    assertEquals(201, made.statusCode(), made.body());
  }

  private static String receipt(HttpResponse<String> answer) {
    return answer.headers().firstValue("Meridian-Receipt").orElse("");
  }

  /** Whether a region's files have a text in them. */
  private boolean holds(String region, String folder, String text) throws IOException {
    Path root = directory.resolve(region).resolve(folder);
    if (!Files.exists(root)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException goneMeanwhile) {
      return holds(region, folder, text);
    }
    return false;
  }

  @Test
  void otherRegionsForwardWritesAndReadsAndNeverStoreTheBody() throws IOException {
    String secret = "s3cret-of-europe";
    place("people", "{\"regions\":[\"eu\"]}");
    String path = RegionProcess.doc("people", "a");
    RegionProcess us = cluster.region("us");
    RegionProcess ap = cluster.region("ap");
    HttpResponse<String> put = us.put(path, "{\"name\":\"" + secret + "\"}");
    assertEquals(201, put.statusCode(), put.body());
    assertTrue(receipt(put).contains("made in eu"), receipt(put));
    String etag = put.headers().firstValue("ETag").orElseThrow();
    assertTrue(etag.endsWith("-eu\""), etag);
    String token = put.headers().firstValue("Meridian-Session").orElseThrow();
    // Read your writes, in a third region.
    HttpResponse<String> get = ap.send("GET", path, "", Map.of("Meridian-Session", token));
    assertEquals(200, get.statusCode(), get.body());
    assertEquals("{\"name\":\"" + secret + "\"}", get.body());
    assertTrue(receipt(get).contains("body from eu"), receipt(get));
    HttpResponse<String> quorum =
        ap.send("GET", path, "", Map.of("Meridian-Consistency", "quorum"));
    assertEquals(get.body(), quorum.body());
    String list = ap.get("/v1/collections/people/docs").body();
    assertTrue(list.contains(secret), list);
    assertEquals(412, us.send("PUT", path, "{}", Map.of("If-None-Match", "*")).statusCode());
    assertEquals(
        200,
        us.send("PUT", path, "{\"name\":\"" + secret + "2\"}", Map.of("If-Match", etag))
            .statusCode());
    String bulk =
        us.send(
                "POST",
                "/v1/collections/people/bulk",
                "{\"op\":\"put\",\"id\":\"b\",\"doc\":{\"name\":\""
                    + secret
                    + "3\"}}\n{\"op\":\"get\",\"id\":\"b\"}\n{\"op\":\"delete\",\"id\":\"a\"}\n",
                Map.of("Content-Type", "application/x-ndjson"))
            .body();
    assertTrue(bulk.contains("\"status\":201") && bulk.contains("\"status\":204"), bulk);
    cluster.awaitEqualVectors();
    assertEquals(410, ap.get(path).statusCode());
    assertEquals("{\"name\":\"" + secret + "3\"}", ap.get(RegionProcess.doc("people", "b")).body());
    HttpResponse<String> old = ap.get(path + "/versions/" + etag.replace("\"", ""));
    assertEquals("{\"name\":\"" + secret + "\"}", old.body(), "the past lives where it lived");
    assertFalse(holds("us", "", secret));
    assertFalse(holds("ap", "", secret));
    assertTrue(holds("eu", "", secret), "the search finds what is there");
  }

  @Test
  void withoutItsRegionADocumentIsRefusedAndComesBackWithIt() throws IOException {
    place("people", "{\"regions\":[\"eu\"]}");
    String path = RegionProcess.doc("people", "a");
    RegionProcess us = cluster.region("us");
    assertEquals(201, us.put(path, "{\"n\":1}").statusCode());
    cluster.awaitEqualVectors();
    cluster.region("eu").kill9();
    awaitState("us", "eu", "down");
    HttpResponse<String> get = us.get(path);
    assertEquals(503, get.statusCode(), get.body());
    assertTrue(get.body().contains("consistency-unavailable"), get.body());
    HttpResponse<String> put = us.put(path, "{\"n\":2}");
    assertEquals(503, put.statusCode(), put.body());
    assertTrue(put.body().contains("durability-unavailable"), put.body());
    assertEquals(201, us.put(RegionProcess.doc("free", "a"), "{}").statusCode());
    cluster.region("eu").launch().awaitReady();
    awaitState("us", "eu", "up");
    assertEquals("{\"n\":1}", us.get(path).body());
    assertEquals(200, us.put(path, "{\"n\":2}").statusCode());
  }

  @Test
  void aRegionOutsideHoldsAHintForOneThatIsDownAndHandsItOver() throws IOException {
    String secret = "h1nted-for-the-other-region";
    place("strict", "{\"regions\":[\"eu\",\"us\"]}");
    place("sloppy", "{\"regions\":[\"eu\",\"us\"],\"hints\":\"allow\"}");
    cluster.awaitEqualVectors();
    RegionProcess eu = cluster.region("eu");
    RegionProcess us = cluster.region("us");
    RegionProcess ap = cluster.region("ap");
    us.kill9();
    awaitState("eu", "us", "down");
    HttpResponse<String> refused = eu.send("PUT", RegionProcess.doc("strict", "a"), "{}", QUORUM);
    assertEquals(503, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("durability-unavailable"), refused.body());
    String path = RegionProcess.doc("sloppy", "a");
    HttpResponse<String> put = eu.send("PUT", path, "{\"name\":\"" + secret + "\"}", QUORUM);
    assertEquals(201, put.statusCode(), put.body());
    assertTrue(receipt(put).contains("got=sloppy-quorum"), receipt(put));
    assertTrue(receipt(put).contains("ap holds it for us"), receipt(put));
    Await.until("ap has heard of it", LIMIT, () -> ap.get(path).statusCode() == 200);
    ap.kill9();
    ap.launch().awaitReady();
    JsonNode hints = status("ap").path("hints");
    assertEquals("us", hints.path(0).path("owner").asText(), hints.toString());
    assertEquals(1, hints.path(0).path("changes").asLong(), hints.toString());
    assertTrue(holds("ap", "hints", secret), "kept on the disk");
    assertFalse(holds("ap", "wal", secret), "and nowhere else");
    // The origin goes, too: what us has now, it has from ap.
    eu.kill9();
    us.launch().awaitReady();
    Await.until(
        "us has it",
        LIMIT,
        () -> {
          HttpResponse<String> got =
              us.send("GET", path, "", Map.of("Meridian-Consistency", "eventual"));
          return got.body().equals("{\"name\":\"" + secret + "\"}");
        });
    Await.until("the hint is let go", LIMIT, () -> status("ap").path("hints").isEmpty());
    assertFalse(holds("ap", "", secret));
    eu.launch().awaitReady();
    cluster.awaitEqualVectors();
    assertEquals("{\"name\":\"" + secret + "\"}", eu.get(path).body());
  }
}
