package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(FreshData.class)
class BulkResourceTest {

  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String collection = "/v1/collections/bulk" + NEXT.incrementAndGet();

  private List<JsonPath> bulk(String... lines) {
    Response response =
        given()
            .contentType("application/x-ndjson")
            .body(String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .post(collection + "/bulk");
    response.then().statusCode(200).header("Content-Type", containsString("application/x-ndjson"));
    return Arrays.stream(response.body().asString().split("\n")).map(JsonPath::new).toList();
  }

  @Test
  void everyLineHasItsAnswerInOrder() {
    List<JsonPath> answers =
        bulk(
            "{\"op\":\"put\",\"id\":\"a\",\"doc\":{\"n\": 1.50}}",
            "{\"op\":\"put\",\"doc\":{}}",
            "nonsense",
            "",
            "{\"op\":\"get\",\"id\":\"a\"}",
            "{\"op\":\"put\",\"id\":\"a\",\"doc\":{},\"ifNoneMatch\":\"*\"}",
            "{\"op\":\"delete\",\"id\":\"a\"}",
            "{\"op\":\"get\",\"id\":\"a\"}",
            "{\"op\":\"patch\",\"id\":\"a\",\"patch\":{}}",
            "{\"op\":\"put\",\"id\":\"b\"}",
            "{\"op\":\"put\",\"id\":\"b\",\"doc\":[1]}",
            "{\"op\":\"put\",\"id\":\"\",\"doc\":{}}",
            "{\"op\":\"put\",\"id\":\"c\",\"doc\":{\"x\":1,\"x\":2}}",
            "{\"op\":\"delete\",\"id\":\"never\"}");
    List<Integer> lines = answers.stream().map(answer -> answer.getInt("line")).toList();
    assertEquals(List.of(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14), lines);
    List<Integer> statuses = answers.stream().map(answer -> answer.getInt("status")).toList();
    assertEquals(
        List.of(201, 201, 400, 200, 412, 204, 410, 400, 400, 400, 400, 400, 404), statuses);
    assertEquals("a", answers.get(0).getString("id"));
    assertEquals(36, answers.get(1).getString("id").length());
    assertEquals("precondition-failed", answers.get(4).getString("code"));
    assertEquals("document-deleted", answers.get(6).getString("code"));
    assertTrue(answers.get(0).getString("version").endsWith("-eu"));
  }

  @Test
  void manyLinesComeThroughAndCountRight() {
    String[] lines = new String[5000];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "{\"op\":\"put\",\"id\":\"k" + i + "\",\"doc\":{\"i\":" + i + "}}";
    }
    List<JsonPath> answers = bulk(lines);
    assertEquals(5000, answers.size());
    for (int i = 0; i < 5000; i += 499) {
      assertEquals("k" + i, answers.get(i).getString("id"));
      assertEquals(i + 1, answers.get(i).getInt("line"));
    }
    given().get(collection).then().body("count", equalTo(5000));
    given().get(collection + "/docs/k4999").then().body("i", equalTo(4999));
  }

  /** In the batches that the lines come in, the first of these is long before the last. */
  @Test
  void aReadSeesWhatAnyLineAboveItWrote() {
    String[] lines = new String[1024];
    for (int i = 0; i < 512; i++) {
      lines[i] = "{\"op\":\"put\",\"id\":\"k" + i + "\",\"doc\":{\"i\":" + i + "}}";
      lines[512 + i] = "{\"op\":\"get\",\"id\":\"k" + (511 - i) + "\"}";
    }
    List<JsonPath> answers = bulk(lines);
    for (int i = 0; i < 512; i++) {
      assertEquals(200, answers.get(512 + i).getInt("status"), lines[512 + i]);
      assertEquals(511 - i, answers.get(512 + i).getInt("doc.i"));
    }
  }

  @Test
  void aLineThatIsTooLongIsSkippedAndTheRestGoesOn() {
    String pad = "x".repeat(1_200_000);
    List<JsonPath> answers =
        bulk(
            "{\"op\":\"put\",\"id\":\"a\",\"doc\":{\"p\":\"" + pad + "\"}}",
            "{\"op\":\"put\",\"id\":\"b\",\"doc\":{}}");
    assertEquals(413, answers.get(0).getInt("status"));
    assertEquals("document-too-large", answers.get(0).getString("code"));
    assertEquals(201, answers.get(1).getInt("status"));
  }

  @Test
  void versionsInLinesAreConditions() {
    String version =
        bulk("{\"op\":\"put\",\"id\":\"v\",\"doc\":{}}").getFirst().getString("version");
    List<JsonPath> answers =
        bulk(
            "{\"op\":\"put\",\"id\":\"v\",\"doc\":{},\"ifMatch\":\"" + version + "\"}",
            "{\"op\":\"put\",\"id\":\"v\",\"doc\":{},\"ifMatch\":\"" + version + "\"}");
    assertEquals(200, answers.get(0).getInt("status"));
    assertEquals(412, answers.get(1).getInt("status"));
  }

  @Test
  void whatIsNotOfferedIsRefusedAsAWhole() {
    given()
        .header("Prefer", "handling=strict")
        .contentType("application/x-ndjson")
        .body("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .post(collection + "/bulk")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
  }
}
