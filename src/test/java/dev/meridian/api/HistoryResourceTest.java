package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(FreshData.class)
class HistoryResourceTest {

  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String collection = "/v1/collections/h" + NEXT.incrementAndGet();
  private final String docs = collection + "/docs";

  private String put(String id, String body) {
    Response written = given().contentType(ContentType.JSON).body(body).put(docs + "/" + id);
    return written.header("Meridian-Version");
  }

  private static String hlc(String version) {
    return version.substring(0, 16);
  }

  @Test
  void theVersionsOfADocumentAreListedNewestFirstAndRead() {
    String first = put("a", "{\"n\":1}");
    String second = put("a", "{\"n\":2}");
    given().delete(docs + "/a").then().statusCode(204);
    given()
        .get(docs + "/a/versions")
        .then()
        .statusCode(200)
        .body("versions", hasSize(3))
        .body("versions[0].deleted", equalTo(true))
        .body("versions[0].bytes", equalTo(0))
        .body("versions[1].version", equalTo(second))
        .body("versions[1].origin", equalTo("eu"))
        .body("versions[1].bytes", equalTo(7))
        .body(
            "versions[1].at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"))
        .body("versions[2].version", equalTo(first))
        .body("cursor", nullValue());
    given()
        .get(docs + "/a/versions/" + first)
        .then()
        .statusCode(200)
        .header("ETag", equalTo("\"" + first + "\""))
        .header("Memento-Datetime", notNullValue())
        .body("n", equalTo(1));
    String deletion = given().get(docs + "/a/versions").path("versions[0].version");
    given()
        .get(docs + "/a/versions/" + deletion)
        .then()
        .statusCode(410)
        .body("code", equalTo("document-deleted"));
  }

  @Test
  void versionsComeInPages() {
    List<String> written = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      written.add(put("a", "{\"n\":" + i + "}"));
    }
    List<String> seen = new ArrayList<>();
    String next = docs + "/a/versions?limit=3";
    while (next != null) {
      Response page = given().get(next);
      seen.addAll(page.path("versions.version"));
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertEquals(written.reversed(), seen);
  }

  @ParameterizedTest
  @CsvSource({
    "/docs/a/versions/nonsense, 404, version-not-found",
    "/docs/a/versions/0197f3a2c1d40003-eu, 404, version-not-found",
    "/docs/none/versions, 404, document-not-found",
    "/docs/a/versions?cursor=x, 400, invalid-cursor",
    "/docs/a/versions?limit=0, 400, invalid-request",
    "/docs/a/versions?other=1, 400, invalid-request",
    "/docs/a?asOf=yesterday, 400, invalid-request",
    "/docs/a?asOf=2026-01-31, 400, invalid-request",
    "/docs/a?asOf=2999-01-31T00:00:00Z, 400, invalid-request",
    "/docs/a?asOf=2020-01-31T00:00:00Z, 404, document-not-found",
    "/docs?asOf=never, 400, invalid-request",
    "/diff, 400, invalid-request",
    "/diff?from=x, 400, invalid-request",
    "/diff?from=2026-01-31T00:00:00Z&to=2026-01-30T00:00:00Z, 400, invalid-request"
  })
  void whatCannotBeAnsweredIsAProblem(String path, int status, String code) {
    put("a", "{}");
    given()
        .urlEncodingEnabled(false)
        .get(collection + path)
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", equalTo(code));
  }

  @Test
  void aDocumentAndAListAreReadAsTheyWere() {
    String first = put("a", "{\"n\":1}");
    put("b", "{\"n\":1}");
    String then = put("c", "{\"n\":1}");
    put("a", "{\"n\":2}");
    given().delete(docs + "/b");
    String deleted = put("d", "{}");
    given()
        .get(docs + "/a?asOf=" + hlc(then))
        .then()
        .statusCode(200)
        .header("Meridian-Version", equalTo(first))
        .header("Memento-Datetime", containsString("GMT"))
        .header("Vary", containsString("accept-datetime"))
        .header("Link", containsString("original timegate"))
        .body("n", equalTo(1));
    given().get(docs + "/b?asOf=" + hlc(then)).then().statusCode(200).body("n", equalTo(1));
    given()
        .get(docs + "/b?asOf=" + hlc(deleted))
        .then()
        .statusCode(410)
        .body("code", equalTo("document-deleted"));
    given()
        .get(docs + "?asOf=" + hlc(then))
        .then()
        .body("docs.id", equalTo(List.of("a", "b", "c")))
        .body("docs[0].doc.n", equalTo(1));
    given()
        .header("If-None-Match", "\"" + first + "\"")
        .get(docs + "/a?asOf=" + hlc(then))
        .then()
        .statusCode(304);
  }

  @Test
  void acceptDatetimeReadsThePastToo() {
    put("a", "{\"n\":1}");
    given()
        .header("Accept-Datetime", "Sat, 31 Jan 2099 12:00:00 GMT")
        .get(docs + "/a")
        .then()
        .statusCode(400);
    given()
        .header("Accept-Datetime", "Fri, 31 Jan 2020 12:00:00 GMT")
        .get(docs + "/a")
        .then()
        .statusCode(404);
    given()
        .header("Accept-Datetime", "recently")
        .get(docs + "/a")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
    given()
        .header("Accept-Datetime", "Fri, 31 Jan 2020 12:00:00 GMT")
        .get(docs + "/a?asOf=0197f3a2c1d40003")
        .then()
        .statusCode(400);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void pagesAreOneSnapshotAlthoughWritesGoOn(int limit) {
    for (int i = 0; i < 20; i++) {
      put(String.format("id-%02d", i), "{\"n\":0}");
    }
    List<Integer> seen = new ArrayList<>();
    String next = docs + "?limit=" + limit;
    for (int page = 1; next != null; page++) {
      Response found = given().get(next);
      found.then().statusCode(200);
      seen.addAll(found.path("docs.doc.n"));
      put("id-19", "{\"n\":" + page + "}");
      put("id-15x" + page, "{\"n\":" + page + "}");
      String link = found.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertEquals(java.util.Collections.nCopies(20, 0), seen);
  }

  @Test
  void aDiffTellsWhatChangedBetweenTwoTimes() {
    String same = put("same", "{}");
    put("changed", "{\"n\":1}");
    String from = put("deleted", "{}");
    put("changed", "{\"n\":2}");
    put("created", "{\"n\":3}");
    put("fleeting", "{}");
    given().delete(docs + "/deleted");
    given().delete(docs + "/fleeting");
    String body =
        given()
            .get(collection + "/diff?from=" + hlc(from))
            .then()
            .statusCode(200)
            .contentType("application/x-ndjson")
            .extract()
            .asString();
    List<String> lines = body.lines().toList();
    assertEquals(3, lines.size(), body);
    assertContains(lines.get(0), "\"id\":\"changed\",\"change\":\"changed\"");
    assertContains(lines.get(0), "\"doc\":{\"n\":2}}");
    assertContains(lines.get(1), "\"id\":\"created\",\"change\":\"created\",\"from\":null");
    assertContains(lines.get(2), "\"id\":\"deleted\",\"change\":\"deleted\"");
    assertContains(lines.get(2), "\"to\":null}");
    String none =
        given()
            .get(collection + "/diff?docs=false&from=" + hlc(same) + "&to=" + hlc(same))
            .asString();
    assertEquals("", none);
  }

  @Test
  void aDiffOfManyDocumentsStreamsThemAll() {
    StringBuilder lines = new StringBuilder();
    String from = put("0", "{}");
    for (int i = 0; i < 2600; i++) {
      lines.append("{\"op\":\"put\",\"id\":\"m").append(i).append("\",\"doc\":{}}\n");
    }
    given()
        .contentType("application/x-ndjson")
        .body(lines.toString().getBytes(StandardCharsets.UTF_8))
        .post(collection + "/bulk")
        .then()
        .statusCode(200);
    String body = given().get(collection + "/diff?docs=false&from=" + hlc(from)).asString();
    assertEquals(2600, body.lines().distinct().count());
  }

  private static void assertContains(String line, String part) {
    org.junit.jupiter.api.Assertions.assertTrue(line.contains(part), line);
  }
}
