package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(FreshData.class)
class DocumentResourceTest {

  private static final String VERSION = "[0-9a-f]{16}-eu";
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String docs = "/v1/collections/t" + NEXT.incrementAndGet() + "/docs";

  private Response put(String id, String body) {
    return given().contentType(ContentType.JSON).body(body).put(docs + "/" + id);
  }

  private String etag(String id) {
    return given().get(docs + "/" + id).header("ETag");
  }

  @Test
  void aDocumentIsCreatedReadReplacedAndDeleted() {
    put("a", "{\"n\":1}")
        .then()
        .statusCode(201)
        .header("Location", containsString(docs + "/a"))
        .header("ETag", matchesPattern("\"" + VERSION + "\""))
        .header("Meridian-Version", matchesPattern(VERSION))
        .header("Meridian-Region", "eu")
        .header("Meridian-Session", notNullValue())
        .body("id", equalTo("a"));
    put("a", "{\"n\":2}").then().statusCode(200);
    given()
        .get(docs + "/a")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("ETag", notNullValue())
        .header("Meridian-Request-Charge", "1")
        .header("Meridian-Staleness", matchesPattern("\\d+"))
        .header("Meridian-Receipt", containsString("got=session"))
        .body("n", equalTo(2));
    Response gone = given().delete(docs + "/a");
    gone.then().statusCode(204);
    given()
        .get(docs + "/a")
        .then()
        .statusCode(410)
        .contentType("application/problem+json")
        .body("code", equalTo("document-deleted"))
        .body("version", equalTo(gone.header("Meridian-Version")));
    given().delete(docs + "/a").then().statusCode(410);
    given()
        .get(docs + "/never")
        .then()
        .statusCode(404)
        .body("code", equalTo("document-not-found"))
        .body("type", notNullValue())
        .body("title", equalTo("Not Found"))
        .body("status", equalTo(404))
        .body("detail", notNullValue())
        .body("instance", equalTo(docs + "/never"))
        .body("retryable", equalTo(false))
        .body("region", equalTo("eu"))
        .body("traceId", matchesPattern("[0-9a-f]{32}"));
    put("a", "{}").then().statusCode(201);
  }

  @Test
  void numbersComeBackAsTheyWereWritten() {
    String body =
        "{\"a\":1.10,\"b\":1e400,\"c\":1234567890123456789012345678901234567890,\"d\":-0.0}";
    put("n", "  " + body.replace(",", " ,\n\t") + " ").then().statusCode(201);
    assertEquals(body, given().get(docs + "/n").body().asString());
  }

  @Test
  void headAnswersLikeGetWithoutTheBody() {
    put("h", "{\"x\":true}");
    Response head = given().head(docs + "/h");
    head.then().statusCode(200).header("Content-Length", "10").header("ETag", etag("h"));
    assertEquals("", head.body().asString());
    given().head(docs + "/none").then().statusCode(404);
  }

  @Test
  void aGeneratedIdIsAUuidOfVersionSevenAndSortsByTime() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(
          given()
              .contentType(ContentType.JSON)
              .body("{}")
              .post(docs)
              .then()
              .statusCode(201)
              .header("Location", notNullValue())
              .extract()
              .path("id"));
    }
    String form = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    ids.forEach(id -> assertTrue(id.matches(form), id));
  }

  @Test
  void preferMinimalLeavesTheBodyOut() {
    Response minimal =
        given()
            .header("Prefer", "return=minimal")
            .contentType(ContentType.JSON)
            .body("{}")
            .put(docs + "/m");
    minimal.then().statusCode(201).header("ETag", notNullValue());
    assertEquals("", minimal.body().asString());
  }

  @Test
  void conditionsOfWritesHold() {
    put("c", "{\"v\":1}");
    String first = etag("c");
    given()
        .header("If-None-Match", "*")
        .contentType(ContentType.JSON)
        .body("{}")
        .put(docs + "/c")
        .then()
        .statusCode(412)
        .body("code", equalTo("precondition-failed"))
        .body("currentVersion", equalTo(first.replace("\"", "")));
    conditional("If-Match", first, "c").then().statusCode(200);
    conditional("If-Match", first, "c").then().statusCode(412);
    conditional("If-Match", "W/" + etag("c"), "c").then().statusCode(412);
    conditional("If-Match", "\"other\", " + etag("c"), "c").then().statusCode(200);
    conditional("If-Match", "*", "c").then().statusCode(200);
    conditional("If-Match", "*", "absent").then().statusCode(412);
    conditional("If-None-Match", etag("c"), "c").then().statusCode(412);
    conditional("If-None-Match", "\"other\"", "c").then().statusCode(200);
    conditional("If-Match", "no quotes", "c").then().statusCode(400);
    given().header("If-Match", "\"x\"").delete(docs + "/c").then().statusCode(412);
    given().header("If-Match", etag("c")).delete(docs + "/c").then().statusCode(204);
  }

  private Response conditional(String header, String value, String id) {
    return given()
        .header(header, value)
        .contentType(ContentType.JSON)
        .body("{}")
        .put(docs + "/" + id);
  }

  @Test
  void conditionsOfReadsHold() {
    put("r", "{}");
    String etag = etag("r");
    given().header("If-None-Match", etag).get(docs + "/r").then().statusCode(304);
    given().header("If-None-Match", "W/" + etag).get(docs + "/r").then().statusCode(304);
    given().header("If-None-Match", "\"x\"").get(docs + "/r").then().statusCode(200);
    given().header("If-Match", "\"x\"").get(docs + "/r").then().statusCode(412);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a%2Fb",
        "a%20b",
        "a+b",
        "100%25",
        "%C3%BC%F0%9F%98%80",
        "a;b=c",
        "%3Fq%23f",
        "..."
      })
  void anyIdCanBeAddressed(String encoded) {
    given()
        .urlEncodingEnabled(false)
        .contentType(ContentType.JSON)
        .body("{\"id\":\"" + encoded + "\"}")
        .put(docs + "/" + encoded)
        .then()
        .statusCode(201);
    given()
        .urlEncodingEnabled(false)
        .get(docs + "/" + encoded)
        .then()
        .statusCode(200)
        .body("id", equalTo(encoded));
    given().get(docs).then().body("docs", hasSize(1));
  }

  @ParameterizedTest
  @CsvSource({"a%00b", "a%7Fb", "a%0Ab"})
  void controlCharactersInIdsAreRefused(String encoded) {
    given()
        .urlEncodingEnabled(false)
        .get(docs + "/" + encoded)
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-id"));
  }

  @Test
  void idsAreAtMost512Bytes() {
    put("x".repeat(512), "{}").then().statusCode(201);
    put("x".repeat(513), "{}").then().statusCode(400).body("code", equalTo("invalid-id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "null",
        "{",
        "{\"a\":1}x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":'x'}",
        "{\"a\":1,}",
        "{\"a\":\"\t\"}"
      })
  void whatIsNoDocumentIsRefused(String body) {
    put("bad", body).then().statusCode(400).body("code", equalTo("invalid-json"));
  }

  @Test
  void invalidUtf8IsRefused() {
    byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'};
    given()
        .contentType(ContentType.JSON)
        .body(body)
        .put(docs + "/u")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-json"));
  }

  @Test
  void nestingAndSizeAreBounded() {
    put("deep", "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}").then().statusCode(201);
    put("deep", "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}").then().statusCode(400);
    int room = (1 << 20) - "{\"a\":\"\"}".length();
    put("large", "{\"a\":\"" + "x".repeat(room) + "\"}").then().statusCode(201);
    put("large", "{\"a\":\"" + "x".repeat(room + 1) + "\"}")
        .then()
        .statusCode(413)
        .body("code", equalTo("document-too-large"));
  }

  @Test
  void aWriteThatAsksForNoDurabilityIsSeenByItsOwnSession() {
    for (int i = 0; i < 50; i++) {
      Response written =
          given()
              .contentType(ContentType.JSON)
              .header("Meridian-Durability", "none")
              .body("{\"n\":" + i + "}")
              .put(docs + "/none");
      written.then().header("Meridian-Receipt", containsString("asked=none, got=none"));
      given()
          .header("Meridian-Session", written.header("Meridian-Session"))
          .get(docs + "/none")
          .then()
          .statusCode(200)
          .body("n", equalTo(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Meridian-Consistency, sometimes",
    "Meridian-Consistency, bounded",
    "Meridian-Consistency, bounded;max-staleness=-1",
    "Meridian-Session, nonsense",
    "Meridian-On-Miss, maybe",
    "Meridian-Timeout, soon",
    "Meridian-Timeout, 60001"
  })
  void malformedHeadersAreRefused(String header, String value) {
    put("x", "{}");
    given()
        .header(header, value)
        .get(docs + "/x")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eventual",
        "prefix",
        "session",
        "read-your-writes",
        "monotonic-reads",
        "causal",
        "quorum",
        "bounded;max-staleness=5000"
      })
  void theLevelsOfThisReleaseAreServed(String level) {
    put("x", "{}");
    given()
        .header("Meridian-Consistency", level)
        .get(docs + "/x")
        .then()
        .statusCode(200)
        .header("Meridian-Receipt", notNullValue());
  }

  @Test
  void aLevelThatActiveActiveCannotGiveIsRefusedNotWeakened() {
    put("x", "{}");
    given()
        .header("Meridian-Consistency", "strong")
        .get(docs + "/x")
        .then()
        .statusCode(400)
        .body("code", equalTo("consistency-unsupported"))
        .body("detail", containsString("consensus"));
  }

  @Test
  void aSessionThatSawMoreThanIsHereWaitsThenFailsOrDegrades() {
    put("x", "{}");
    String token =
        new dev.meridian.coordinator.SessionToken(
                dev.meridian.clock.VersionVector.of(new dev.meridian.clock.ReplicaId("us"), 7))
            .text();
    given()
        .header("Meridian-Session", token)
        .header("Meridian-Timeout", "50")
        .get(docs + "/x")
        .then()
        .statusCode(503)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("consistency-unavailable"))
        .body("retryable", equalTo(true));
    given()
        .header("Meridian-Session", token)
        .header("Meridian-Timeout", "0")
        .header("Meridian-On-Miss", "degrade")
        .get(docs + "/x")
        .then()
        .statusCode(200)
        .header("Meridian-Receipt", containsString("got=eventual"));
  }

  @Test
  void whatDoesNotExistYetIsRefusedNotIgnored() {
    put("x", "{}");
    given().get(docs + "/x?fields=2026-01-01T00:00:00Z").then().statusCode(400);
    given().get(docs + "?filter=x").then().statusCode(400);
    given()
        .header("Idempotency-Key", "k")
        .contentType(ContentType.JSON)
        .body("{}")
        .post(docs)
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
    given()
        .post(docs + "/x")
        .then()
        .statusCode(405)
        .header("Allow", containsString("PUT"))
        .header("Accept-Patch", containsString("application/merge-patch+json"))
        .body("code", equalTo("method-not-allowed"));
  }

  @Test
  void mediaTypesAreChecked() {
    given()
        .contentType("text/plain")
        .body("{}")
        .put(docs + "/x")
        .then()
        .statusCode(415)
        .contentType("application/problem+json");
    put("x", "{}");
    given().accept("text/html").get(docs + "/x").then().statusCode(406);
    given().get("/v1/nowhere").then().statusCode(404).contentType("application/problem+json");
  }

  @Test
  void aListGoesThroughAllDocumentsInOrderOnce() {
    for (int i = 0; i < 25; i++) {
      put(String.format("k%02d", i), "{\"i\":" + i + "}");
    }
    put("other", "{}");
    given().delete(docs + "/k07");
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Response page =
          cursor == null
              ? given().get(docs + "?prefix=k&limit=10")
              : given().get(docs + "?prefix=k&limit=10&cursor=" + cursor);
      page.then().statusCode(200);
      seen.addAll(page.path("docs.id"));
      cursor = page.path("cursor");
      assertEquals(cursor == null, page.header("Link") == null);
    } while (cursor != null);
    assertEquals(24, seen.size());
    assertEquals(seen.stream().sorted().distinct().toList(), seen);
    given()
        .get(docs + "?docs=false&limit=1")
        .then()
        .body("docs[0].doc", nullValue())
        .body("docs[0].version", notNullValue());
    given()
        .get(docs + "?cursor=zzz")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-cursor"));
    for (String limit : List.of("0", "1001", "abc", "-1")) {
      given().get(docs + "?limit=" + limit).then().statusCode(400);
    }
    given()
        .get("/v1/collections/nosuch/docs")
        .then()
        .statusCode(404)
        .body("code", equalTo("collection-not-found"));
  }
}
