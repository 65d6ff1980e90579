package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** What a region without peers answers to those who want it compared. */
@QuarkusTest
@WithTestResource(FreshData.class)
class RepairResourceTest {

  @Test
  void thereIsNobodyToCompareWith() {
    given()
        .get("/v1/cluster/repair")
        .then()
        .statusCode(200)
        .header("Meridian-Region", notNullValue())
        .body("state", equalTo("never"))
        .body("collections", empty())
        .body("history", empty())
        .body("schedule.everyMs", equalTo(600_000));
    given()
        .post("/v1/cluster/repair")
        .then()
        .statusCode(404)
        .body("code", equalTo("peer-not-found"));
    given()
        .contentType(ContentType.JSON)
        .body("{\"peer\":\"us\"}")
        .post("/v1/cluster/repair")
        .then()
        .statusCode(404)
        .body("code", equalTo("peer-not-found"));
    given()
        .queryParam("peer", "us")
        .queryParam("collection", "c")
        .get("/v1/cluster/repair/trees")
        .then()
        .statusCode(404)
        .body("code", equalTo("peer-not-found"));
  }

  @Test
  void whatIsNoRequestIsToldSo() {
    for (String body : new String[] {"{\"pear\":\"us\"}", "[]", "{\"look\":null}", "{"}) {
      given()
          .contentType(ContentType.JSON)
          .body(body)
          .post("/v1/cluster/repair")
          .then()
          .statusCode(400);
    }
    given()
        .queryParam("peer", "us")
        .get("/v1/cluster/repair/trees")
        .then()
        .statusCode(400)
        .body("detail", containsString("collection"));
    given()
        .put("/v1/cluster/repair")
        .then()
        .statusCode(405)
        .header("Allow", equalTo("GET, POST, DELETE"));
    given().delete("/v1/cluster/validate").then().statusCode(405);
  }

  @Test
  void damageIsNotDoneUnlessItIsAllowed() {
    given()
        .contentType(ContentType.JSON)
        .body("{\"collection\":\"c\",\"documents\":1,\"how\":\"lose\"}")
        .post("/v1/chaos/damage")
        .then()
        .statusCode(403)
        .body("code", equalTo("chaos-disabled"));
    given()
        .contentType(ContentType.JSON)
        .body("{\"collection\":\"c\",\"documents\":1,\"how\":\"gently\"}")
        .post("/v1/chaos/damage")
        .then()
        .statusCode(400);
  }

  @Test
  void aProofIsSigned() throws Exception {
    given()
        .contentType(ContentType.JSON)
        .body("{\"n\":1}")
        .put("/v1/collections/proved/docs/a")
        .then()
        .statusCode(201);
    given().post("/v1/cluster/validate").then().statusCode(202);
    Response answer = given().get("/v1/cluster/validate");
    while (answer.path("state").equals("running")) {
      answer = given().get("/v1/cluster/validate");
    }
    answer
        .then()
        .statusCode(200)
        .body("state", equalTo("done"))
        .body("identical", equalTo(true))
        .body("regions", hasSize(1))
        .body("collections.find { it.name == 'proved' }.count", equalTo(1))
        .body("collections.find { it.name == 'proved' }.differing", empty());
    Matcher signed =
        Pattern.compile("^(.*),\"signature\":\"([0-9a-f]{64})\"}$").matcher(answer.asString());
    assertTrue(signed.matches(), answer.asString());
    String directory = ConfigProvider.getConfig().getValue("meridian.data-dir", String.class);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Files.readAllBytes(Path.of(directory, "proof.key")), "HmacSHA256"));
    byte[] body = (signed.group(1) + "}").getBytes(StandardCharsets.UTF_8);
    assertEquals(HexFormat.of().formatHex(mac.doFinal(body)), signed.group(2));
  }
}
