package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.SessionToken;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One of three regions, whose peers nobody ever heard of: what it refuses, and what it says. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(GuaranteesTest.Alone.class)
class GuaranteesTest {

  /** Peers at ports where nobody listens. */
  public static final class Alone implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("meridian.peers", "us=http://127.0.0.1:1,ap=http://127.0.0.1:2");
    }
  }

  /** RFC 8941: a dictionary with these members, in this order. */
  private static final String RECEIPT =
      "asked=[a-z-]+(;max-staleness=\\d+)?, got=[a-z-]+(;max-staleness=\\d+)?,"
          + " why=\"[ !#-\\[\\]-~]*\", regions=\\([a-z]+( [a-z]+)*\\), acks=\\d+, need=\\d+,"
          + " wait-ms=\\d+, staleness-ms=\\d+";

  private final String docs = "/v1/collections/alone/docs";

  private ValidatableResponse put(String id, String... headers) {
    return with(headers).contentType(ContentType.JSON).body("{}").put(docs + "/" + id).then();
  }

  private static RequestSpecification with(String... headers) {
    RequestSpecification request = given();
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  private ValidatableResponse get(String id, String... headers) {
    return with(headers).get(docs + "/" + id).then();
  }

  @ParameterizedTest
  @ValueSource(strings = {"remote-write", "remote-apply", "quorum", "all"})
  void aDurabilityThatCannotBeHadIsRefusedBeforeWriting(String level) {
    put("none-" + level, "Meridian-Durability", level)
        .statusCode(503)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("durability-unavailable"))
        .body("retryable", equalTo(true))
        .body("detail", containsString("Nothing was written"));
    get("none-" + level).statusCode(404);
    put("less-" + level, "Meridian-Durability", level, "Meridian-On-Miss", "degrade")
        .statusCode(201)
        .header("Meridian-Receipt", matchesPattern(RECEIPT))
        .header("Meridian-Receipt", containsString("asked=" + level + ", got=local"))
        .header("Meridian-Receipt", containsString("us is "));
    given()
        .header("Meridian-Durability", level)
        .contentType("application/x-ndjson")
        .body(
            ("{\"op\":\"put\",\"id\":\"bulk-" + level + "\",\"doc\":{}}\n")
                .getBytes(StandardCharsets.UTF_8))
        .post("/v1/collections/alone/bulk")
        .then()
        .statusCode(200)
        .body(containsString("\"status\":503,\"code\":\"durability-unavailable\""));
    get("bulk-" + level).statusCode(404);
    given()
        .header("Meridian-Durability", level)
        .contentType(ContentType.JSON)
        .body("{}")
        .put("/v1/collections/alone-" + level)
        .then()
        .statusCode(503)
        .body("code", equalTo("durability-unavailable"));
    given().header("Meridian-Durability", level).delete(docs + "/x").then().statusCode(503);
  }

  @Test
  void aWriteTellsWhatTheLogTookAndWhatMakingItReadableTook() {
    put("timed")
        .header("Server-Timing", matchesPattern("wal;dur=\\d+\\.\\d\\d, apply;dur=\\d+\\.\\d\\d"));
    // Nobody waited for the force, so it is no part of the time.
    for (int i = 0; i < 50; i++) {
      put("timed-" + i, "Meridian-Durability", "none").header("Server-Timing", nullValue());
    }
  }

  @ParameterizedTest
  @CsvSource({"quorum, session", "bounded;max-staleness=500, session"})
  void aLevelThatCannotBeHadIsRefusedOrLessIsSaidToBeLess(String level, String less) {
    put("r").header("Meridian-Receipt", matchesPattern(RECEIPT));
    get("r", "Meridian-Consistency", level, "Meridian-Timeout", "60")
        .statusCode(503)
        .header("Retry-After", notNullValue())
        .body("code", equalTo("consistency-unavailable"));
    String[] degrade = {
      "Meridian-Consistency", level, "Meridian-Timeout", "60", "Meridian-On-Miss", "degrade"
    };
    get("r", degrade)
        .statusCode(200)
        .header("Meridian-Receipt", matchesPattern(RECEIPT))
        .header("Meridian-Receipt", containsString("asked=" + level + ", got=" + less));
    with("Meridian-Consistency", level, "Meridian-Timeout", "60")
        .get(docs)
        .then()
        .statusCode(503)
        .body("code", equalTo("consistency-unavailable"));
    with(degrade).get(docs).then().statusCode(200);
    with("Meridian-Consistency", level, "Meridian-Timeout", "60")
        .get(docs + "/r/versions")
        .then()
        .statusCode(503);
  }

  @Test
  void strongIsNotOfferedAndTheModesThatWillAreNamed() {
    put("s");
    get("s", "Meridian-Consistency", "strong")
        .statusCode(400)
        .body("code", equalTo("consistency-unsupported"))
        .body("detail", containsString("'home', 'consensus' and 'chain'"));
    with("Meridian-Consistency", "strong").get(docs).then().statusCode(400);
  }

  @Test
  void whatIsNotThereHasAReceiptAndASessionToo() {
    put("gone");
    given().delete(docs + "/gone").then().statusCode(204);
    String session =
        get("gone")
            .statusCode(410)
            .header("Meridian-Receipt", matchesPattern(RECEIPT))
            .header("Meridian-Staleness", matchesPattern("\\d+"))
            .extract()
            .header("Meridian-Session");
    assertTrue(SessionToken.parse(session).seen().get(new ReplicaId("eu")) > 0);
    get("never").statusCode(404).header("Meridian-Receipt", matchesPattern(RECEIPT));
  }

  @Test
  void aWriteComesAfterWhatItsSessionSawOrNotAtAll() {
    String ahead = new SessionToken(VersionVector.of(new ReplicaId("us"), 3)).text();
    put("after", "Meridian-Session", ahead, "Meridian-Timeout", "60")
        .statusCode(503)
        .body("code", equalTo("consistency-unavailable"))
        .body("missing", equalTo("us=3 (here 0)"));
    get("after").statusCode(404);
    put("after", "Meridian-Session", ahead, "Meridian-Timeout", "0", "Meridian-On-Miss", "degrade")
        .statusCode(201)
        .header("Meridian-Receipt", containsString("us=3 (here 0)"));
    String forged = new SessionToken(VersionVector.of(new ReplicaId("eu"), 1L << 50)).text();
    get("after", "Meridian-Session", forged)
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
    put("after", "Meridian-Session", forged)
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
  }

  @Test
  void aTokenNamesWhatWasSeenOnly() {
    String first = put("one").extract().header("Meridian-Session");
    put("two");
    String read = get("one").extract().header("Meridian-Session");
    assertTrue(read.equals(first), "reading an old document asks no more of another region");
  }

  @Test
  void bulkTellsItsReceiptAtItsEnd() throws Exception {
    String line = "{\"op\":\"put\",\"id\":\"t\",\"doc\":{}}\n";
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/collections/alone/bulk HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + "Content-Type: application/x-ndjson\r\nTE: trailers\r\nContent-Length: "
                  + line.length()
                  + "\r\n\r\n"
                  + line)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      String end = answer.substring(answer.lastIndexOf("\r\n0\r\n"));
      assertTrue(end.contains("Meridian-Session: "), answer);
      assertTrue(end.contains("Meridian-Receipt: asked=local, got=local"), answer);
    }
  }

  @Test
  void theOpenApiDocumentTellsHowToAskAndWhatIsSaid() {
    String get = "paths.'/v1/collections/{collection}/docs/{id}'.get";
    String put = "paths.'/v1/collections/{collection}/docs/{id}'.put";
    given()
        .header("Accept", "application/json")
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body(get + ".parameters.name", hasItems("Meridian-Consistency", "Meridian-Session"))
        .body(put + ".parameters.name", hasItems("Meridian-Durability", "Meridian-On-Miss"))
        .body(put + ".responses.'504'.description", containsString("outcome-unknown"));
  }
}
