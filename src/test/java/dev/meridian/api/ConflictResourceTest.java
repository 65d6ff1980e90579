package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.ConflictSettingsJson;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.node.Node;
import dev.meridian.node.OtherRegion;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The conflict log of a region, with a peer whose changes the test brings itself. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(ConflictResourceTest.WithPeers.class)
class ConflictResourceTest {

  /** A region of its own: what the test brings in a peer's name, other tests must not find. */
  public static final class WithPeers implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("meridian.peers", "us=http://127.0.0.1:3,ap=http://127.0.0.1:4");
    }
  }

  private static final AtomicInteger NEXT = new AtomicInteger();

  @Inject Node node;
  @Inject Conflicts conflicts;

  private final String name = "conflict" + NEXT.incrementAndGet();
  private final String collection = "/v1/collections/" + name;
  private final String docs = collection + "/docs/";
  private OtherRegion us;

  @BeforeEach
  void findTheOtherRegion() {
    us = new OtherRegion(node, "us");
  }

  private static ValidatableResponse post(String path, String body, String... headers) {
    var request = given().contentType(ContentType.JSON).body(body);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.post(path).then();
  }

  private String put(String id, String body) {
    Response written = given().contentType(ContentType.JSON).body(body).put(docs + id);
    assertTrue(written.statusCode() < 300, written.asString());
    return written.header("Meridian-Version");
  }

  private void policy(String conflict) {
    given()
        .contentType(ContentType.JSON)
        .body("{\"conflict\":" + conflict + "}")
        .put(collection)
        .then()
        .statusCode(201);
  }

  /** The versions of a base, of this region and of the other one that did not see each other. */
  private record Collided(String base, String eu, String us) {}

  private Collided collide(String id, String base, String eu, String other) {
    String before = put(id, base);
    VersionVector seen = us.seen(name, id);
    String here = put(id, eu);
    return new Collided(before, here, us.put(name, id, seen, other).toString());
  }

  private Collided collide(String id) {
    return collide(id, "{\"n\":0}", "{\"n\":1}", "{\"n\":2}");
  }

  private JsonPath list(String query) {
    return given()
        .get("/v1/conflicts?collection=" + name + query)
        .then()
        .statusCode(200)
        .header("Meridian-Session", notNullValue())
        .extract()
        .jsonPath();
  }

  private String key(String id) {
    return list("").getString("conflicts.find { it.id == '" + id + "' }.key");
  }

  private static String resolve(String key) {
    return "/v1/conflicts/" + key + "/resolve";
  }

  @Test
  void whatLastWriteWinsHasDecidedIsInTheLog() {
    Collided made = collide("ä ~");
    JsonPath log = list("&state=auto");
    assertEquals(1, log.getList("conflicts").size());
    assertEquals(name, log.getString("conflicts[0].collection"));
    assertEquals("ä ~", log.getString("conflicts[0].id"));
    assertEquals("auto", log.getString("conflicts[0].state"));
    assertEquals("lww", log.getString("conflicts[0].policy"));
    assertEquals(0, log.getInt("conflicts[0].base.n"));
    assertEquals(List.of(made.us(), made.eu()), log.getList("conflicts[0].versions.version"));
    assertEquals(List.of("us", "eu"), log.getList("conflicts[0].versions.origin"));
    assertEquals(List.of(true, false), log.getList("conflicts[0].versions.won"));
    assertEquals(List.of(2, 1), log.getList("conflicts[0].versions.doc.n"));
    assertEquals(made.us(), log.getString("conflicts[0].outcome.version"));
    assertEquals(2, log.getInt("conflicts[0].outcome.doc.n"));
    assertEquals(List.of("eu", "us"), log.getList("conflicts[0].regions"));
    assertEquals(null, log.getString("conflicts[0].closedBy"));
    assertEquals(0, list("&state=open").getList("conflicts").size());
    given()
        .get(docs + "ä ~")
        .then()
        .header("Meridian-Conflict", nullValue())
        .header("ETag", equalTo("\"" + made.us() + "\""))
        .body("n", equalTo(2));
  }

  @Test
  void theLoserCanBeMadeTheDocument() {
    Collided made = collide("a");
    String key = key("a");
    String picked =
        post(resolve(key), "{\"pick\":\"" + made.eu() + "\"}")
            .statusCode(200)
            .header("Meridian-Receipt", containsString("asked=local"))
            .header("Meridian-Session", notNullValue())
            .body("key", equalTo(key))
            .body("id", equalTo("a"))
            .body("deleted", equalTo(false))
            .body("doc.n", equalTo(1))
            .extract()
            .path("version");
    given()
        .get(docs + "a")
        .then()
        .header("ETag", equalTo("\"" + picked + "\""))
        .body("n", equalTo(1));
    JsonPath log = list("");
    assertEquals("resolved", log.getString("conflicts[0].state"));
    assertEquals(picked, log.getString("conflicts[0].closedBy"));
    assertEquals(List.of(false, true), log.getList("conflicts[0].versions.won"));
    assertEquals(1, log.getInt("conflicts[0].outcome.doc.n"));
    post(resolve(key), "{\"pick\":\"" + made.us() + "\"}")
        .statusCode(412)
        .body("code", equalTo("precondition-failed"))
        .body("currentVersion", equalTo(picked));
    post(resolve(key), "{\"pick\":\"" + made.us() + "\"}", "If-Match", "\"" + made.us() + "\"")
        .statusCode(412);
    post(resolve(key), "{\"pick\":\"" + made.us() + "\"}", "If-Match", "\"" + picked + "\"")
        .statusCode(200)
        .body("doc.n", equalTo(2));
  }

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
  void siblingsAreShownUntilAClientDecides() {
    policy("{\"policy\":\"siblings\"}");
    Collided made = collide("a");
    put("b", "{\"n\":7}");
    String tag = "\"" + made.us() + "~" + made.eu() + "\"";
    given()
        .get(docs + "a")
        .then()
        .statusCode(200)
        .header("Meridian-Conflict", equalTo("siblings=2"))
        .header("ETag", equalTo(tag))
        .header("Meridian-Version", equalTo(made.us()))
        .body("n", equalTo(2));
    given().head(docs + "a").then().header("Meridian-Conflict", equalTo("siblings=2"));
    given().header("If-None-Match", tag).get(docs + "a").then().statusCode(304);
    given()
        .get(docs)
        .then()
        .body("docs[0].siblings", equalTo(2))
        .body("docs[1].siblings", nullValue());
    given().get(docs + "?docs=false").then().body("docs[0].siblings", equalTo(2));
    given()
        .get(docs + "a/conflicts")
        .then()
        .statusCode(200)
        .header("ETag", equalTo(tag))
        .body("winner", equalTo(made.us()))
        .body("siblings.version", contains(made.us(), made.eu()))
        .body("siblings.doc.n", contains(2, 1))
        .body("siblings.deleted", contains(false, false))
        .body("base.n", equalTo(0));
    assertEquals("open", list("").getString("conflicts[0].state"));
    assertTrue(list("").getBoolean("conflicts[0].outcome.undecided"));
    given()
        .contentType(ContentType.JSON)
        .body("{\"n\":3}")
        .put(docs + "a")
        .then()
        .statusCode(428)
        .body("currentVersion", equalTo(made.us() + "~" + made.eu()));
    given()
        .contentType(ContentType.JSON)
        .header("If-Match", tag)
        .body("{\"n\":3}")
        .put(docs + "a")
        .then()
        .statusCode(200);
    given()
        .get(docs + "a/conflicts")
        .then()
        .header("Meridian-Conflict", nullValue())
        .body("siblings", hasSize(1))
        .body("base", nullValue());
    JsonPath log = list("&state=resolved");
    assertEquals(3, log.getInt("conflicts[0].outcome.doc.n"));
    assertEquals(List.of(false, false), log.getList("conflicts[0].versions.won"));
  }

  @Test
  void aConflictIsResolvedPlaceByPlace() {
    Collided made =
        collide(
            "a",
            "{\"qty\":1,\"tags\":[\"a\"],\"old\":true}",
            "{\"qty\":2,\"tags\":[\"b\"],\"by\":{\"who\":\"eu\"}}",
            "{\"qty\":3,\"tags\":[\"c\"],\"us\":true}");
    String fields =
        "{\"fields\":{\"/qty\":\"%s\",\"/tags\":\"base\",\"/us\":\"%s\",\"/by/who\":\"%s\"}}"
            .formatted(made.eu(), made.eu(), made.eu());
    post(resolve(key("a")), fields).statusCode(200);
    assertEquals(
        "{\"qty\":2,\"tags\":[\"a\"],\"by\":{\"who\":\"eu\"}}", given().get(docs + "a").asString());
  }

  @Test
  void aConflictIsResolvedByADocumentOrADeletion() {
    policy("{\"policy\":\"siblings\"}");
    collide("a");
    collide("b");
    post(resolve(key("a")), "{\"doc\": {\"n\": 1.10}}").statusCode(200);
    assertEquals("{\"n\":1.10}", given().get(docs + "a").asString());
    post(resolve(key("b")), "{\"delete\":true}")
        .statusCode(200)
        .body("deleted", equalTo(true))
        .body("doc", nullValue());
    given().get(docs + "b").then().statusCode(410);
    given().get(docs + "b/conflicts").then().statusCode(410);
    given().get(docs + "never/conflicts").then().statusCode(404);
    JsonPath log = list("");
    assertEquals(List.of("resolved", "resolved"), log.getList("conflicts.state"));
    assertEquals(List.of(false, true), log.getList("conflicts.outcome.deleted"));
  }

  @Test
  void anUpdateThatADeletionDidNotSeeIsInTheLogWithIt() {
    put("a", "{\"n\":0}");
    VersionVector seen = us.seen(name, "a");
    String update = put("a", "{\"n\":1}");
    String deletion = us.delete(name, "a", seen).toString();
    given().get(docs + "a").then().statusCode(200).header("Meridian-Version", equalTo(update));
    JsonPath log = list("");
    assertEquals(List.of(deletion, update), log.getList("conflicts[0].versions.version"));
    assertEquals(List.of(true, false), log.getList("conflicts[0].versions.deleted"));
    assertEquals(List.of(false, true), log.getList("conflicts[0].versions.won"));
    post(resolve(key("a")), "{\"pick\":\"" + deletion + "\"}")
        .statusCode(200)
        .body("deleted", equalTo(true));
    given().get(docs + "a").then().statusCode(410);
  }

  @Test
  void aDeletionThatWonCanBeUndoneOrMadeToStandAlone() {
    policy("{\"policy\":\"siblings\",\"deleteWins\":true}");
    for (String id : List.of("a", "b")) {
      put(id, "{\"n\":0}");
      VersionVector seen = us.seen(name, id);
      put(id, "{\"n\":1}");
      us.delete(name, id, seen);
      given().get(docs + id).then().statusCode(410);
      given().get(docs + id + "/conflicts").then().statusCode(200).body("siblings", hasSize(2));
    }
    String update = list("").getString("conflicts[0].versions[1].version");
    post(resolve(key("a")), "{\"pick\":\"" + update + "\"}").statusCode(200);
    given().get(docs + "a").then().statusCode(200).body("n", equalTo(1));
    post(resolve(key("b")), "{\"delete\":true}").statusCode(200);
    given().get(docs + "b/conflicts").then().statusCode(410);
    assertEquals(0, list("&state=open").getList("conflicts").size());
  }

  @Test
  void twoDeletionsAgree() {
    policy("{\"policy\":\"siblings\"}");
    put("a", "{\"n\":0}");
    VersionVector seen = us.seen(name, "a");
    given().delete(docs + "a").then().statusCode(204);
    us.delete(name, "a", seen);
    assertEquals(List.of("auto"), list("").getList("conflicts.state"));
    put("a", "{\"n\":1}");
    given().get(docs + "a").then().statusCode(200).header("Meridian-Conflict", nullValue());
  }

  @Test
  void whatWasMergedIsTheOutcomeAndWhatNoRuleDecidesStaysOpen() {
    policy("{\"policy\":\"merge\",\"rules\":{\"/price\":\"siblings\",\"/qty\":\"sum-deltas\"}}");
    collide("a", "{\"qty\":1,\"x\":0}", "{\"qty\":3,\"x\":0}", "{\"qty\":2,\"x\":1}");
    collide("b", "{\"price\":1}", "{\"price\":2}", "{\"price\":3}");
    JsonPath log = list("");
    assertEquals(List.of("auto", "open"), log.getList("conflicts.state"));
    assertEquals(4, log.getInt("conflicts[0].outcome.doc.qty"));
    assertEquals(1, log.getInt("conflicts[0].outcome.doc.x"));
    assertEquals(null, log.getString("conflicts[0].outcome.version"));
    assertEquals(List.of(false, false), log.getList("conflicts[0].versions.won"));
    given().get(docs + "a").then().header("Meridian-Conflict", nullValue()).body("qty", equalTo(4));
    given().get(docs + "b").then().header("Meridian-Conflict", equalTo("siblings=2"));
  }

  @Test
  void thePolicyOfAConflictThatIsOverIsTheOneOfItsTime() {
    policy("{\"policy\":\"siblings\"}");
    collide("a");
    String tag = given().get(docs + "a").header("ETag");
    given()
        .contentType(ContentType.JSON)
        .header("If-Match", tag)
        .body("{}")
        .put(docs + "a")
        .then()
        .statusCode(200);
    collide("b");
    given().contentType(ContentType.JSON).body("{}").put(collection).then().statusCode(200);
    JsonPath log = list("");
    assertEquals(List.of("siblings", "lww"), log.getList("conflicts.policy"));
    assertEquals(List.of("resolved", "auto"), log.getList("conflicts.state"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void pagesListEachConflictOnceInOrder(int limit) {
    for (String id : List.of("a", "b", "c")) {
      collide(id);
      collide(id);
    }
    List<String> all = list("").getList("conflicts.key");
    assertEquals(6, all.size());
    List<String> seen = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> times = new ArrayList<>();
    String next = "/v1/conflicts?collection=" + name + "&limit=" + limit;
    while (next != null) {
      Response page = given().get(next);
      page.then().statusCode(200);
      seen.addAll(page.path("conflicts.key"));
      ids.addAll(page.path("conflicts.id"));
      times.addAll(page.path("conflicts.collect { it.versions[0].version }"));
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertEquals(all, seen);
    assertEquals(List.of("a", "a", "b", "b", "c", "c"), ids);
    for (int i = 0; i < 6; i += 2) {
      assertTrue(times.get(i).compareTo(times.get(i + 1)) > 0, "the latest comes first: " + times);
    }
  }

  @Test
  void theListIsFilteredByTime() {
    collide("a");
    String second = collide("b").us();
    assertEquals(List.of("b"), list("&since=" + second.substring(0, 16)).getList("conflicts.id"));
    assertEquals(2, list("&since=2020-01-01T00:00:00Z").getList("conflicts").size());
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
  void aDeletedResolutionIsWrittenOverOnlyByNamingThat() {
    Collided made = collide("a");
    String key = key("a");
    post(resolve(key), "{\"delete\":true}").statusCode(200);
    post(resolve(key), "{\"pick\":\"" + made.eu() + "\"}")
        .statusCode(412)
        .body("detail", containsString("If-None-Match"));
    post(resolve(key), "{\"pick\":\"" + made.eu() + "\"}", "If-None-Match", "*").statusCode(200);
    given().get(docs + "a").then().body("n", equalTo(1));
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

  @Test
  void openConflictsAreCounted() {
    policy("{\"policy\":\"siblings\"}");
    collide("a");
    collide("b");
    given().get(collection).then().body("conflictsOpen", equalTo(2));
    post(resolve(key("a")), "{\"doc\":{}}").statusCode(200);
    given().get(collection).then().body("conflictsOpen", equalTo(1));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/conflicts?state=closed | 400 | invalid-request",
        "/v1/conflicts?limit=1001 | 400 | invalid-request",
        "/v1/conflicts?other=1 | 400 | invalid-request",
        "/v1/conflicts?since=then | 400 | invalid-request",
        "/v1/conflicts?cursor=x | 400 | invalid-cursor",
        "/v1/conflicts?collection=A | 400 | invalid-id",
        "/v1/conflicts?collection=never | 404 | collection-not-found"
      })
  void aListThatCannotBeGivenIsAProblem(String path, int status, String code) {
    given()
        .urlEncodingEnabled(false)
        .get(path)
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code));
  }

  @Test
  void quorumIsOfOneCollection() {
    given()
        .header("Meridian-Consistency", "quorum")
        .get("/v1/conflicts")
        .then()
        .statusCode(400)
        .body("code", equalTo("consistency-unsupported"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 | invalid-request",
        "[] | 400 | invalid-request",
        "{\"pick\":1} | 400 | invalid-request",
        "{\"pick\":\"x\"} | 400 | invalid-request",
        "{\"pick\":\"0197f3a2c1d40003-us\"} | 404 | version-not-found",
        "{\"doc\":{},\"delete\":true} | 400 | invalid-request",
        "{\"doc\":{},\"doc\":{}} | 400 | invalid-json",
        "{\"doc\":[]} | 400 | invalid-json",
        "{\"doc\":{}} x | 400 | invalid-json",
        "{\"delete\":false} | 400 | invalid-request",
        "{\"fields\":{}} | 400 | invalid-request",
        "{\"fields\":{\"n\":\"base\"}} | 400 | invalid-request",
        "{\"fields\":{\"/n\":\"0197f3a2c1d40003-us\"}} | 404 | version-not-found",
        "{\"other\":1} | 400 | invalid-request"
      })
  void aResolutionThatIsNoneIsAProblem(String body, int status, String code) {
    collide("a");
    post(resolve(key("a")), body)
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code));
    assertEquals("auto", list("").getString("conflicts[0].state"));
  }

  @Test
  void anUnknownKeyIsAProblem() {
    collide("a");
    String key = key("a");
    for (String wrong : List.of("x", key + "A", key.substring(1))) {
      post(resolve(wrong), "{\"delete\":true}")
          .statusCode(404)
          .body("code", equalTo("conflict-not-found"));
    }
    given().delete(collection).then().statusCode(204);
    post(resolve(key), "{\"delete\":true}")
        .statusCode(404)
        .body("code", equalTo("conflict-not-found"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"policy\":\"newest\"}",
        "{\"collection\":\"c\"}",
        "{\"collection\":\"c\",\"policy\":\"best\"}",
        "{\"collection\":\"c\",\"policy\":\"origin:\"}",
        "{\"collection\":\"c\",\"policy\":\"newest\",\"pick\":\"newest\"}",
        "{\"collection\":\"c\",\"policy\":\"newest\",\"state\":\"resolved\"}",
        "{\"collection\":\"c\",\"policy\":\"newest\",\"limit\":0}",
        "{\"keys\":[],\"pick\":\"newest\"}",
        "{\"keys\":[1],\"pick\":\"newest\"}",
        "{\"keys\":[\"x\"],\"collection\":\"c\",\"pick\":\"newest\"}"
      })
  void aBulkRequestThatIsNoneIsRefused(String body) {
    post("/v1/conflicts/resolve", body).statusCode(400).body("code", equalTo("invalid-request"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"collection\":\"c\"}",
        "{\"collection\":\"c\",\"conflict\":\"lww\"}",
        "{\"collection\":\"c\",\"conflict\":{\"policy\":\"best\"}}",
        "{\"collection\":\"c\",\"conflict\":{},\"more\":1}"
      })
  void aDryRunThatIsNoneIsRefused(String body) {
    post("/v1/conflicts/dry-run", body).statusCode(400).body("code", equalTo("invalid-request"));
  }

  @Test
  void theDescriptionNamesEveryPath() {
    given()
        .get("/q/openapi")
        .then()
        .body(containsString("/v1/conflicts/{key}/resolve"))
        .body(containsString("/v1/conflicts/dry-run"))
        .body(containsString("/docs/{id}/conflicts"));
    given().put("/v1/conflicts").then().statusCode(405).header("Allow", containsString("GET"));
    given().get("/v1/conflicts/dry-run").then().statusCode(405).header("Allow", equalTo("POST"));
  }
}
