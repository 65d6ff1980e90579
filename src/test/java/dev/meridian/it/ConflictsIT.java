package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of concurrent writes between three real processes, one of which is cut off. */
class ConflictsIT {

  private static final List<String> ALL = ThreeRegions.NAMES;

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static void collection(String name, String conflict) throws IOException {
    cluster.put("eu", "/v1/collections/" + name, "{\"conflict\":" + conflict + "}");
    cluster.awaitEqualVectors();
  }

  /** The others go on together; that it is they who drop outlives the death of the one cut off. */
  private static void cutOff(String region) throws IOException {
    for (String other : ALL) {
      if (!other.equals(region)) {
        cluster.fault(other, region, "{\"drop\":true}");
      }
    }
  }

  private static void healed() throws IOException {
    cluster.heal();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return ThreeRegions.JSON.readTree(answer.body());
  }

  private static HttpResponse<String> post(String region, String path, String body)
      throws IOException {
    return cluster.region(region).send("POST", path, body);
  }

  private static JsonNode conflicts(String region, String query) throws IOException {
    HttpResponse<String> answer = cluster.region(region).get("/v1/conflicts?" + query);
    assertEquals(200, answer.statusCode(), answer.body());
    return json(answer).path("conflicts");
  }

  /** All that a client can see of a collection and its conflicts. */
  private static String everything(String region, String collection) throws IOException {
    StringBuilder all = new StringBuilder(cluster.content(region, collection));
    for (JsonNode conflict : conflicts(region, "limit=1000&collection=" + collection)) {
      String path = RegionProcess.doc(collection, conflict.path("id").asText());
      HttpResponse<String> document = cluster.region(region).get(path);
      all.append(conflict).append('\n').append(document.statusCode());
      all.append(document.headers().firstValue("ETag").orElse(""));
      all.append(document.headers().firstValue("Meridian-Conflict").orElse(""));
      all.append(document.headers().firstValue("Meridian-Version").orElse(""));
      all.append(document.statusCode() == 200 ? document.body() : "").append('\n');
      all.append(json(cluster.region(region).get(path + "/conflicts")).path("siblings"));
      all.append('\n');
    }
    return all.toString();
  }

  private static void assertSame(String collection) throws IOException {
    String expected = everything("eu", collection);
    for (String region : ALL) {
      assertEquals(expected, everything(region, collection), region);
    }
  }

  @Test
  void allRegionsTellTheSameOfWhatCollidedWhateverDies() throws IOException {
    collection("lww", "{}");
    collection("siblings", "{\"policy\":\"siblings\"}");
    collection(
        "merge", "{\"policy\":\"merge\",\"rules\":{\"/qty\":\"sum-deltas\",\"/p\":\"siblings\"}}");
    List<String> names = List.of("lww", "siblings", "merge");
    for (String name : names) {
      for (int i = 0; i < 6; i++) {
        cluster.put("ap", RegionProcess.doc(name, "d" + i), "{\"qty\":1,\"p\":1}");
      }
    }
    cluster.awaitEqualVectors();
    cutOff("eu");
    for (String name : names) {
      for (int i = 0; i < 5; i++) {
        String path = RegionProcess.doc(name, "d" + i);
        cluster.put("eu", path, "{\"qty\":3,\"p\":1,\"eu\":" + i + "}");
        cluster.put("us", path, "{\"qty\":6,\"p\":1,\"us\":" + i + "}");
      }
      cluster.put("eu", RegionProcess.doc(name, "d5"), "{\"qty\":1,\"p\":2}");
      assertEquals(204, cluster.region("us").status("DELETE", RegionProcess.doc(name, "d4")));
      cluster.put("ap", RegionProcess.doc(name, "d5"), "{\"qty\":1,\"p\":3}");
    }
    cluster.region("eu").kill9();
    cluster.region("eu").start();
    healed();
    for (String name : names) {
      assertSame(name);
      assertEquals(6, conflicts("us", "collection=" + name).size());
    }
    String d0 = RegionProcess.doc("merge", "d0");
    JsonNode merged = json(cluster.region("ap").get(d0));
    assertEquals(8, merged.path("qty").asInt(), "two were added here, five there");
    assertTrue(merged.has("eu") && merged.has("us"), merged.toString());
    assertEquals(6, conflicts("ap", "collection=siblings&state=open").size());
    assertEquals(6, conflicts("ap", "collection=lww&state=auto").size());
    JsonNode open = conflicts("ap", "collection=merge&state=open");
    assertEquals(1, open.size());
    assertEquals("d5", open.get(0).path("id").asText());
    assertEquals(
        200,
        cluster.region("us").status("GET", RegionProcess.doc("lww", "d4")),
        "an update outlives a deletion that did not see it");
    cluster.region("us").kill9();
    cluster.region("us").start();
    cluster.awaitUp();
    names.forEach(ConflictsIT::assertStillSame);
  }

  private static void assertStillSame(String collection) {
    try {
      assertSame(collection);
    } catch (IOException unreachable) {
      throw new AssertionError(unreachable);
    }
  }

  /** Writes documents in two regions that do not hear of each other. */
  private static void collide(String collection, int documents) throws IOException {
    for (int i = 0; i < documents; i++) {
      cluster.put("us", RegionProcess.doc(collection, "d" + i), "{\"n\":0}");
    }
    cluster.awaitEqualVectors();
    cutOff("eu");
    for (int i = 0; i < documents; i++) {
      cluster.put("eu", RegionProcess.doc(collection, "d" + i), "{\"n\":1}");
      cluster.put("us", RegionProcess.doc(collection, "d" + i), "{\"n\":2}");
    }
    healed();
  }

  @Test
  void whatIsResolvedAnywhereIsResolvedEverywhere() throws IOException {
    collection("resolved", "{\"policy\":\"siblings\"}");
    collide("resolved", 3);
    String d0 = RegionProcess.doc("resolved", "d0");
    String tag = cluster.region("ap").get(d0).headers().firstValue("ETag").orElseThrow();
    assertTrue(tag.contains("~"), tag);
    HttpResponse<String> blind = cluster.region("us").put(d0, "{\"n\":9}");
    assertEquals(428, blind.statusCode());
    assertEquals(tag, "\"" + json(blind).path("currentVersion").asText() + "\"");
    assertEquals(
        200,
        cluster.region("us").send("PUT", d0, "{\"n\":3}", Map.of("If-Match", tag)).statusCode());
    cluster.awaitEqualVectors();
    JsonNode second = conflicts("ap", "collection=resolved&state=open").get(0);
    assertEquals("d1", second.path("id").asText());
    String path = "/v1/conflicts/" + second.path("key").asText() + "/resolve";
    String of = second.path("versions").get(1).path("version").asText();
    assertEquals(200, post("ap", path, "{\"pick\":\"" + of + "\"}").statusCode());
    cluster.awaitEqualVectors();
    assertSame("resolved");
    assertEquals(1, conflicts("eu", "collection=resolved&state=open").size());
    assertEquals(2, conflicts("eu", "collection=resolved&state=resolved").size());
    assertEquals(412, post("eu", path, "{\"delete\":true}").statusCode());
    for (String region : ALL) {
      Await.until(
          "one is open in " + region,
          Duration.ofSeconds(20),
          () ->
              json(cluster.region(region).get("/v1/collections/resolved"))
                      .path("conflictsOpen")
                      .asInt()
                  == 1);
    }
  }

  @Test
  void twoWhoResolveApartAreBothKept() throws IOException {
    collection("apart", "{\"policy\":\"siblings\"}");
    collide("apart", 1);
    String key = conflicts("us", "collection=apart").get(0).path("key").asText();
    String path = "/v1/conflicts/" + key + "/resolve";
    cutOff("eu");
    assertEquals(200, post("eu", path, "{\"doc\":{\"by\":\"eu\"}}").statusCode());
    assertEquals(200, post("us", path, "{\"doc\":{\"by\":\"us\"}}").statusCode());
    cluster.region("eu").kill9();
    cluster.region("eu").start();
    healed();
    assertSame("apart");
    JsonNode open = conflicts("ap", "collection=apart&state=open");
    assertEquals(1, open.size());
    List<String> by = new ArrayList<>();
    open.get(0).path("versions").forEach(each -> by.add(each.path("doc").path("by").asText()));
    assertEquals(List.of("eu", "us"), by.stream().sorted().toList());
    String again = "/v1/conflicts/" + open.get(0).path("key").asText() + "/resolve";
    assertEquals(200, post("ap", again, "{\"doc\":{\"by\":\"both\"}}").statusCode());
    cluster.awaitEqualVectors();
    assertSame("apart");
    assertEquals(0, conflicts("eu", "collection=apart&state=open").size());
  }

  @Test
  void aRegionWithoutTheBodiesTellsAndResolvesConflictsToo() throws IOException {
    cluster.put("eu", "/v1/collections/placed", "{\"placement\":{\"regions\":[\"eu\",\"us\"]}}");
    cluster.awaitEqualVectors();
    collide("placed", 2);
    assertSame("placed");
    JsonNode conflict = conflicts("ap", "collection=placed").get(0);
    String loser = conflict.path("versions").get(1).path("version").asText();
    assertEquals(1, conflict.path("versions").get(1).path("doc").path("n").asInt());
    String path = "/v1/conflicts/" + conflict.path("key").asText() + "/resolve";
    HttpResponse<String> resolved = post("ap", path, "{\"pick\":\"" + loser + "\"}");
    assertEquals(200, resolved.statusCode(), resolved.body());
    cluster.awaitEqualVectors();
    assertSame("placed");
    assertEquals(1, conflicts("us", "collection=placed&state=resolved").size());
    assertEquals(
        1, json(cluster.region("ap").get(RegionProcess.doc("placed", "d0"))).path("n").asInt());
  }

  @Test
  void manyAreResolvedAtOnceAfterAnotherPolicyWasTried() throws IOException {
    collection("many", "{\"policy\":\"siblings\"}");
    collide("many", 40);
    HttpResponse<String> tried =
        post(
            "ap",
            "/v1/conflicts/dry-run",
            "{\"collection\":\"many\",\"conflict\":{\"policy\":\"merge\",\"rules\":{\"/n\":\"max\"}}}");
    assertEquals(200, tried.statusCode(), tried.body());
    assertEquals(40, json(tried).path("different").asInt(), "nothing was decided before");
    assertEquals(2, json(tried).at("/examples/0/then/doc/n").asInt());
    assertEquals(40, conflicts("ap", "collection=many&state=open").size());
    HttpResponse<String> some =
        cluster
            .region("us")
            .send(
                "POST",
                "/v1/conflicts/resolve",
                "{\"collection\":\"many\",\"policy\":\"origin:eu\",\"limit\":25}",
                Map.of("Meridian-Durability", "all"));
    assertEquals(25, json(some).path("resolved").asInt(), some.body());
    assertEquals(15, json(some).path("remaining").asInt(), some.body());
    HttpResponse<String> rest =
        post("eu", "/v1/conflicts/resolve", "{\"collection\":\"many\",\"policy\":\"newest\"}");
    assertEquals(15, json(rest).path("resolved").asInt(), rest.body());
    cluster.awaitEqualVectors();
    assertSame("many");
    assertEquals(0, conflicts("ap", "collection=many&state=open").size());
    int first = 0;
    for (JsonNode conflict : conflicts("ap", "collection=many&limit=1000")) {
      assertEquals("resolved", conflict.path("state").asText());
      first += conflict.at("/outcome/doc/n").asInt() == 1 ? 1 : 0;
    }
    assertEquals(25, first, "those of eu");
  }
}
