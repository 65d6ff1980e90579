package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused about conflicts, and how. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(CollidingRegion.WithPeers.class)
class ConflictRefusalsTest extends CollidingRegion {
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
