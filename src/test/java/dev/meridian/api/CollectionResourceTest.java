package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@WithTestResource(FreshData.class)
class CollectionResourceTest {

  private static Response put(String path, String body) {
    return given().contentType(ContentType.JSON).body(body).put("/v1/collections/" + path);
  }

  @Test
  void aCollectionIsMadeChangedListedAndDropped() {
    put("made", "{\"history\":{\"keepVersions\":5}}")
        .then()
        .statusCode(201)
        .header("Location", containsString("/v1/collections/made"))
        .body("name", equalTo("made"))
        .body("count", equalTo(0))
        .body("mode", equalTo("active-active"))
        .body("conflict.policy", equalTo("lww"))
        .body("history.keepVersions", equalTo(5))
        .body("history.keepFor", equalTo("P7D"))
        .body("createdAt", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
    put("made", "{}").then().statusCode(200).body("history.keepVersions", equalTo(100));
    put("made/docs/a", "{\"x\":1}").then().statusCode(201);
    given().get("/v1/collections/made").then().body("count", equalTo(1)).body("bytes", equalTo(7));
    given().get("/v1/collections").then().body("collections.name", hasItem("made"));
    given().delete("/v1/collections/made").then().statusCode(204);
    given().get("/v1/collections/made").then().statusCode(404);
    given().get("/v1/collections/made/docs/a").then().statusCode(404);
    given().delete("/v1/collections/made").then().statusCode(404);
    put("made/docs/b", "{}").then().statusCode(201);
    given().get("/v1/collections/made").then().body("count", equalTo(1));
  }

  @Test
  void aWriteMakesItsCollection() {
    put("auto/docs/a", "{}").then().statusCode(201);
    given().get("/v1/collections/auto").then().statusCode(200).body("count", equalTo(1));
  }

  @Test
  void writesWithoutAPreconditionAreRefusedWhereOneIsRequired() {
    put("careful", "{\"requirePrecondition\":true}").then().statusCode(201);
    put("careful/docs/a", "{}")
        .then()
        .statusCode(428)
        .body("code", equalTo("precondition-required"));
    given()
        .header("If-None-Match", "*")
        .contentType(ContentType.JSON)
        .body("{}")
        .put("/v1/collections/careful/docs/a")
        .then()
        .statusCode(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"unknown\":1}|invalid-request",
        "{\"mode\":\"home\"}|mode-unsupported",
        "{\"conflict\":{\"policy\":\"newest\"}}|invalid-request",
        "{\"conflict\":{\"rules\":{\"/a\":\"max\"}}}|invalid-request",
        "{\"conflict\":{\"policy\":\"merge\"},\"placement\":{\"regions\":[\"eu\"]}}|setting-unsupported",
        "{\"ttlSeconds\":5}|setting-unsupported",
        "{\"indexes\":[{\"name\":\"i\",\"fields\":[\"/a\"]}]}|setting-unsupported",
        "{\"history\":{\"keepVersions\":0}}|invalid-request",
        "{\"history\":{\"keepVersions\":\"5\"}}|invalid-request",
        "{\"history\":{\"keepFor\":\"soon\"}}|invalid-request",
        "{\"history\":{\"keepFor\":\"P9999D\"}}|invalid-request",
        "{\"history\":{\"zork\":1}}|invalid-request",
        "{\"requirePrecondition\":\"yes\"}|invalid-request",
        "[]|invalid-json"
      })
  void settingsThatCannotBeKeptAreRefused(String body, String code) {
    put("refused", body).then().statusCode(400).body("code", equalTo(code));
    given().get("/v1/collections/refused").then().statusCode(404);
  }

  @ParameterizedTest
  @CsvSource({"Upper", "1st", "a%20b", "_x"})
  void namesAreChecked(String name) {
    given()
        .urlEncodingEnabled(false)
        .get("/v1/collections/" + name)
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-id"));
  }

  @Test
  void theRegionSaysWhoItIs() {
    given()
        .get("/v1")
        .then()
        .statusCode(200)
        .body("region", equalTo("eu"))
        .body("version", notNullValue())
        .body("links", hasKey("collections"));
    given()
        .get("/v1/cluster")
        .then()
        .statusCode(200)
        .body("region", equalTo("eu"))
        .body("hlc", matchesPattern("[0-9a-f]{16}"))
        .body("safeTime", matchesPattern("[0-9a-f]{16}"))
        .body("regions[0].id", equalTo("eu"))
        .body("regions[0].state", equalTo("up"))
        .body("regions[0].reason", notNullValue())
        .body("regions[0].since", equalTo(""))
        .body("wal.durableLsn", notNullValue());
  }

  @Test
  void onlyTheLinkOfAPeerIsPaused() {
    given()
        .contentType(ContentType.JSON)
        .body("{\"paused\":true}")
        .put("/v1/cluster/links/nowhere")
        .then()
        .statusCode(404)
        .body("code", equalTo("peer-not-found"));
    for (String wrong : new String[] {"{}", "{\"paused\":1}", "{\"paused\":true,\"x\":1}"}) {
      given()
          .contentType(ContentType.JSON)
          .body(wrong)
          .put("/v1/cluster/links/nowhere")
          .then()
          .statusCode(400)
          .body("code", equalTo("invalid-request"));
    }
  }

  @Test
  void faultsAreForbiddenUnlessAllowed() {
    given()
        .contentType(ContentType.JSON)
        .body("{\"drop\":true}")
        .put("/v1/chaos/links/us")
        .then()
        .statusCode(403)
        .body("code", equalTo("chaos-disabled"));
    given().delete("/v1/chaos/links/us").then().statusCode(403);
    given()
        .contentType(ContentType.JSON)
        .body("{\"offsetMs\":5000}")
        .put("/v1/chaos/clock")
        .then()
        .statusCode(403)
        .body("code", equalTo("chaos-disabled"));
    given().delete("/v1/chaos/clock").then().statusCode(403);
  }

  @Test
  void operationsEndpointsAnswer() {
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/health/ready").then().statusCode(200);
    given().get("/q/health/started").then().statusCode(200);
    given().get("/q/openapi").then().statusCode(200).body(containsString("/v1/collections"));
    given().get("/q/metrics").then().statusCode(200).body(containsString("meridian_log_bytes"));
  }
}
