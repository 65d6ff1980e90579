package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CRDT fields as clients see them. */
@QuarkusTest
@WithTestResource(FreshData.class)
class FieldsResourceTest {

  private static final String CRDT = "application/vnd.meridian.crdt+json";
  private static final String MERGE = "application/merge-patch+json";
  private static final String DOCS = "/v1/collections/fields/docs/";

  private static void put(String id, String body) {
    given().contentType(ContentType.JSON).body(body).put(DOCS + id).then().statusCode(201);
  }

  private static ValidatableResponse patch(String id, String operations) {
    return given()
        .config(
            io.restassured.RestAssured.config()
                .encoderConfig(
                    io.restassured.config.EncoderConfig.encoderConfig()
                        .encodeContentTypeAs(CRDT, ContentType.TEXT)
                        .encodeContentTypeAs(MERGE, ContentType.TEXT)))
        .contentType(operations.startsWith("[") ? CRDT : MERGE)
        .body(operations)
        .patch(DOCS + id)
        .then();
  }

  private static String read(String id) {
    return given().get(DOCS + id).asString();
  }

  @Test
  void operationsMakeFieldsThatShowTheirPlainValues() {
    put("a", "{\"title\":\"x\"}");
    String before = given().get(DOCS + "a").header("ETag");
    String etag =
        patch(
                "a",
                "[{\"path\":\"/views\",\"type\":\"pn-counter\",\"op\":\"increment\",\"by\":5},"
                    + "{\"path\":\"/tags\",\"type\":\"or-set\",\"op\":\"add\",\"value\":\"x\"},"
                    + "{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"insert\",\"at\":0,\"value\":\"Hi\"},"
                    + "{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"insert\",\"at\":2,\"value\":\"!\"}]")
            .statusCode(200)
            .body("views", equalTo(5))
            .extract()
            .header("ETag");
    assertNotEquals(before, etag);
    assertEquals("{\"title\":\"x\",\"tags\":[\"x\"],\"text\":\"Hi!\",\"views\":5}", read("a"));
    given().get(DOCS + "a").then().header("ETag", etag);
    given()
        .get(DOCS + "a?crdt=state")
        .then()
        .statusCode(200)
        .header("ETag", etag)
        .body("views.$crdt", equalTo("pn-counter"))
        .body("views.value", equalTo(5))
        .body("text.elements[0][1]", equalTo("H"));
    given().get(DOCS + "a?crdt=all").then().statusCode(400);
    given()
        .get("/v1/collections/fields/docs?prefix=a")
        .then()
        .body("docs[0].doc.views", equalTo(5));
    given().get(DOCS + "a/versions").then().body("versions.size()", equalTo(2));
    String version = etag.replace("\"", "");
    given().get(DOCS + "a/versions/" + version).then().body("views", equalTo(5));
  }

  @Test
  void aBodyThatLeavesThePlaceOfAFieldKeepsIt() {
    put("b", "{\"n\":{\"$crdt\":\"pn-counter\"},\"other\":1}");
    patch("b", "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"decrement\",\"by\":3}]");
    patch("b", "{\"other\":2}").statusCode(200);
    assertEquals("{\"n\":-3,\"other\":2}", read("b"));
    String state = given().get(DOCS + "b?crdt=state").asString();
    given().contentType(ContentType.JSON).body(state).put(DOCS + "b").then().statusCode(200);
    assertEquals("{\"n\":-3,\"other\":2}", read("b"));
    given().contentType(ContentType.JSON).body("{\"n\":7}").put(DOCS + "b").then().statusCode(200);
    assertEquals("{\"n\":7}", read("b"));
    patch("b", "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\"}]")
        .statusCode(422)
        .body("code", equalTo("crdt-type-mismatch"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|400|invalid-json",
        "[{\"op\":\"increment\"}]|400|invalid-json",
        "[{\"path\":\"/n\",\"type\":\"heap\",\"op\":\"increment\"}]|400|invalid-json",
        "[{\"path\":\"n\",\"type\":\"pn-counter\",\"op\":\"increment\"}]|400|invalid-json",
        "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\",\"by\":-1}]|400|invalid-json",
        "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\",\"at\":1}]|400|invalid-json",
        "[{\"path\":\"/n\",\"type\":\"rga\",\"op\":\"insert\",\"value\":\"x\"}]|400|invalid-json",
        "[{\"path\":\"/n\",\"type\":\"or-set\",\"op\":\"increment\"}]|422|crdt-type-mismatch",
        "[{\"path\":\"/n\",\"type\":\"g-counter\",\"op\":\"decrement\"}]|422|crdt-type-mismatch",
        "[{\"path\":\"/n\",\"type\":\"rga\",\"op\":\"insert\",\"at\":9,\"value\":\"x\"}]|422|crdt-type-mismatch",
        "[{\"path\":\"/plain\",\"type\":\"g-set\",\"op\":\"add\",\"value\":1}]|422|crdt-type-mismatch",
        "[{\"path\":\"/no/where\",\"type\":\"g-set\",\"op\":\"add\",\"value\":1}]|422|crdt-type-mismatch"
      })
  void whatDoesNotFitIsRefusedAndChangesNothing(String operations, int status, String code) {
    String id = "refused";
    given().contentType(ContentType.JSON).body("{\"plain\":1}").put(DOCS + id);
    patch(id, operations).statusCode(status).body("code", equalTo(code));
    assertEquals("{\"plain\":1}", read(id));
  }

  @Test
  void whatIsNotThereHasNoFields() {
    String increment = "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\"}]";
    patch("never", increment).statusCode(404).body("code", equalTo("document-not-found"));
    put("gone", "{}");
    given().delete(DOCS + "gone").then().statusCode(204);
    patch("gone", increment).statusCode(410).body("code", equalTo("document-deleted"));
    given()
        .contentType(ContentType.JSON)
        .body("{\"a\":[{\"$crdt\":\"g-set\"}]}")
        .put(DOCS + "array")
        .then()
        .statusCode(422)
        .body("detail", containsString("array"));
  }

  @Test
  void bulkTakesOperationsToo() {
    String[] lines =
        given()
            .config(
                io.restassured.RestAssured.config()
                    .encoderConfig(
                        io.restassured.config.EncoderConfig.encoderConfig()
                            .encodeContentTypeAs("application/x-ndjson", ContentType.TEXT)))
            .contentType("application/x-ndjson")
            .body(
                "{\"op\":\"put\",\"id\":\"bulk\",\"doc\":{\"n\":{\"$crdt\":\"pn-counter\"}}}\n"
                    + "{\"op\":\"patch\",\"id\":\"bulk\",\"type\":\"crdt\",\"patch\":"
                    + "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\",\"by\":2}]}\n"
                    + "{\"op\":\"get\",\"id\":\"bulk\"}\n")
            .post("/v1/collections/fields/bulk")
            .asString()
            .split("\n");
    assertEquals(3, lines.length, String.join("\n", lines));
    assertEquals("{\"n\":2}", read("bulk"), String.join("\n", lines));
  }

  @Test
  void nothingIsLostWhenManyCountAtOnce() throws Exception {
    put("hot", "{}");
    int clients = 8;
    int each = 50;
    try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < clients; c++) {
        running.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    patch("hot", "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\"}]")
                        .statusCode(200)
                        .header("ETag", startsWith("\""));
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    assertEquals("{\"n\":" + clients * each + "}", read("hot"));
  }
}
