package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.ConflictSettingsJson;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Many conflicts, and many who resolve them. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(CollidingRegion.WithPeers.class)
class ConflictBulkTest extends CollidingRegion {
  @Test
  void ofSeveralWhoResolveAtOnceOneDoes() {
    policy("{\"policy\":\"siblings\"}");
    for (int round = 0; round < 5; round++) {
      String id = "r" + round;
      Collided made = collide(id);
      String path = resolve(key(id));
      List<CompletableFuture<Integer>> all = new ArrayList<>();
      for (String version : List.of(made.eu(), made.us(), made.eu(), made.us())) {
        String body = "{\"pick\":\"" + version + "\"}";
        all.add(CompletableFuture.supplyAsync(() -> post(path, body).extract().statusCode()));
      }
      List<Integer> statuses = all.stream().map(CompletableFuture::join).sorted().toList();
      assertEquals(List.of(200, 412, 412, 412), statuses);
    }
  }

  @Test
  void manyConflictsAreResolvedAtOnce() {
    policy("{\"policy\":\"siblings\"}");
    for (int i = 0; i < 150; i++) {
      collide(String.format("d%03d", i));
    }
    String some = "{\"collection\":\"" + name + "\",\"policy\":\"origin:eu\",\"limit\":100}";
    JsonPath first = post("/v1/conflicts/resolve", some).statusCode(200).extract().jsonPath();
    assertEquals(100, first.getInt("resolved"));
    assertEquals(50, first.getInt("remaining"));
    assertTrue(first.getBoolean("remainingIsExact"));
    assertEquals(200, first.getInt("results[0].status"));
    given().get(docs + "d000").then().body("n", equalTo(1));
    JsonPath rest =
        post(
                "/v1/conflicts/resolve",
                "{\"collection\":\"" + name + "\",\"policy\":\"newest\"}",
                "Meridian-Durability",
                "local")
            .statusCode(200)
            .header("Meridian-Receipt", containsString("asked=local"))
            .extract()
            .jsonPath();
    assertEquals(50, rest.getInt("resolved"));
    assertEquals(0, rest.getInt("remaining"));
    given().get(docs + "d149").then().body("n", equalTo(2));
  }

  @Test
  void namedConflictsAreResolvedEachByItself() {
    policy("{\"policy\":\"siblings\"}");
    collide("a");
    collide("b");
    String keys = "{\"keys\":[\"" + key("a") + "\",\"" + key("b") + "\"],\"pick\":\"%s\"}";
    JsonPath none = post("/v1/conflicts/resolve", keys.formatted("origin:ap")).extract().jsonPath();
    assertEquals(List.of(404, 404), none.getList("results.status"));
    assertEquals("version-not-found", none.getString("results[0].code"));
    assertEquals(2, none.getInt("remaining"));
    post(resolve(key("a")), "{\"doc\":{}}").statusCode(200);
    JsonPath one = post("/v1/conflicts/resolve", keys.formatted("oldest")).extract().jsonPath();
    assertEquals(List.of(412, 200), one.getList("results.status"));
    assertEquals(1, one.getInt("remaining"));
    given().get(docs + "b").then().body("n", equalTo(1));
  }

  @Test
  void anotherPolicyIsTriedWithoutWriting() {
    collide("same", "{\"n\":0}", "{\"n\":1}", "{\"n\":1}");
    collide("merged", "{\"a\":0,\"b\":0}", "{\"a\":1,\"b\":0}", "{\"a\":0,\"b\":1}");
    collide("undecided", "{\"p\":0}", "{\"p\":1}", "{\"p\":2}");
    String before = given().get(docs).asString();
    String conflict = "{\"policy\":\"merge\",\"rules\":{\"/p\":\"siblings\"}}";
    post("/v1/conflicts/dry-run", "{\"collection\":\"" + name + "\",\"conflict\":" + conflict + "}")
        .statusCode(200)
        .body("examined", equalTo(3))
        .body("same", equalTo(1))
        .body("different", equalTo(1))
        .body("undecided", equalTo(1))
        .body("unknown", equalTo(0))
        .body("examples.id", contains("merged", "undecided", "same"))
        .body("examples.result", contains("different", "undecided", "same"))
        .body("examples[0].now.doc.a", equalTo(0))
        .body("examples[0].then.doc.a", equalTo(1))
        .body("examples[0].then.doc.b", equalTo(1))
        .body("examples[0].then.version", nullValue())
        .body("examples[1].then.undecided", equalTo(true))
        .body("cursor", nullValue());
    assertEquals(before, given().get(docs).asString());
    JsonPath first =
        post(
                "/v1/conflicts/dry-run",
                "{\"collection\":\"" + name + "\",\"conflict\":{},\"limit\":2}")
            .body("examined", equalTo(2))
            .body("same", equalTo(2))
            .extract()
            .jsonPath();
    post(
            "/v1/conflicts/dry-run",
            "{\"collection\":\"%s\",\"conflict\":{},\"cursor\":\"%s\"}"
                .formatted(name, first.getString("cursor")))
        .body("examined", equalTo(1));
  }

  @Test
  void whatWasTriedCanBeMadeThePolicy() {
    given()
        .contentType(ContentType.JSON)
        .body("{\"history\":{\"keepVersions\":7},\"requirePrecondition\":true}")
        .put(collection)
        .then()
        .statusCode(201);
    ConflictSettings merge = ConflictSettingsJson.parse(Bytes.utf8("{\"policy\":\"merge\"}"));
    CollectionName known = new CollectionName(name);
    conflicts.adopt(known, merge, WriteOptions.DEFAULTS).toCompletableFuture().join();
    given()
        .get(collection)
        .then()
        .body("conflict.policy", equalTo("merge"))
        .body("history.keepVersions", equalTo(7))
        .body("requirePrecondition", equalTo(true));
    CompletionException absent =
        assertThrows(
            CompletionException.class,
            () ->
                conflicts
                    .adopt(new CollectionName("never"), merge, WriteOptions.DEFAULTS)
                    .toCompletableFuture()
                    .join());
    assertEquals(
        FailureCode.COLLECTION_NOT_FOUND,
        assertInstanceOf(StoreFailure.class, absent.getCause()).code());
  }

  /** The count is a second old or so. */
  private void eventually(int open) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    int counted = -1;
    while (counted != open && System.nanoTime() < deadline) {
      counted = given().get(collection).jsonPath().getInt("conflictsOpen");
    }
    assertEquals(open, counted);
  }

  @Test
  void openConflictsAreCounted() {
    policy("{\"policy\":\"siblings\"}");
    collide("a");
    collide("b");
    eventually(2);
    post(resolve(key("a")), "{\"doc\":{}}").statusCode(200);
    eventually(1);
    JsonPath cluster = given().get("/v1/cluster").jsonPath();
    assertTrue(cluster.getLong("conflicts.open") >= 1, cluster.prettify());
    assertTrue(cluster.getLong("conflicts.total") >= 2, cluster.prettify());
    long deadline = System.nanoTime() + 20_000_000_000L;
    String open = "meridian_conflicts_open{collection=\"" + name + "\"} 1.0";
    String all = "meridian_conflicts_total{collection=\"" + name + "\"} 2.0";
    String metrics = "";
    while (!(metrics.contains(open) && metrics.contains(all)) && System.nanoTime() < deadline) {
      metrics = given().get("/q/metrics").asString();
    }
    assertTrue(metrics.contains(open) && metrics.contains(all), metrics);
  }
}
