package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.VersionVector;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The conflict log of a region, and what can be done about one conflict. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(CollidingRegion.WithPeers.class)
class ConflictResourceTest extends CollidingRegion {
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
}
