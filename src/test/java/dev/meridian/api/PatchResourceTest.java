package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(FreshData.class)
class PatchResourceTest {

  private static final String MERGE = "application/merge-patch+json";
  private static final String JSON = "application/json-patch+json";
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final String collection = "/v1/collections/patched" + NEXT.incrementAndGet();
  private final String docs = collection + "/docs";

  private Response put(String id, String body) {
    return given().contentType(ContentType.JSON).body(body).put(docs + "/" + id);
  }

  private Response patch(String type, String id, String body, String... headers) {
    RequestSpecification request = given();
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request
        .contentType(type)
        .body(body.getBytes(StandardCharsets.UTF_8))
        .patch(docs + "/" + id);
  }

  private ValidatableResponse refused(String type, String id, String body, String... headers) {
    return patch(type, id, body, headers).then().contentType("application/problem+json");
  }

  private String read(String id) {
    return given().get(docs + "/" + id).body().asString();
  }

  @Test
  void aMergePatchChangesWhatItNamesAndNothingElse() {
    Response before = put("m", "{\"z\": 1.10, \"a\": {\"x\": 1e400, \"y\": 2}, \"gone\": true}");
    Response patched = patch(MERGE, "m", "{\"a\": {\"y\": 3.50}, \"gone\": null, \"new\": -0.0}");
    patched
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("Meridian-Session", notNullValue())
        .header("Meridian-Request-Charge", "5")
        .header("Meridian-Receipt", containsString("got=local"))
        .header("Server-Timing", containsString("wal;"))
        .header("Location", nullValue());
    String document = "{\"z\":1.10,\"a\":{\"x\":1e400,\"y\":3.50},\"new\":-0.0}";
    assertEquals(document, patched.body().asString());
    assertEquals(document, read("m"));
    assertNotEquals(before.header("ETag"), patched.header("ETag"));
    Response get = given().get(docs + "/m");
    assertEquals(get.header("ETag"), patched.header("ETag"));
    assertEquals(get.header("Meridian-Version"), patched.header("Meridian-Version"));
  }

  @Test
  void aJsonPatchDoesItsOperationsInOrderAllOrNone() {
    put("j", "{\"tags\":[\"a\",\"c\"],\"total\":19.90}");
    patch(
            JSON + "; charset=utf-8",
            "j",
            "[{\"op\":\"test\",\"path\":\"/total\",\"value\":19.9},"
                + "{\"op\":\"add\",\"path\":\"/tags/1\",\"value\":\"b\"},"
                + "{\"op\":\"move\",\"from\":\"/total\",\"path\":\"/sum\"}]")
        .then()
        .statusCode(200);
    String document = "{\"tags\":[\"a\",\"b\",\"c\"],\"sum\":19.90}";
    assertEquals(document, read("j"));
    refused(
            JSON,
            "j",
            "[{\"op\":\"remove\",\"path\":\"/tags\"},"
                + "{\"op\":\"test\",\"path\":\"/sum\",\"value\":\"19.90\"}]")
        .statusCode(409)
        .body("code", equalTo("patch-test-failed"))
        .body("operation", equalTo("1"))
        .body("retryable", equalTo(false))
        .body("detail", containsString("operation 1 (test '/sum')"));
    refused(JSON, "j", "[{\"op\":\"replace\",\"path\":\"/nowhere\",\"value\":1}]")
        .statusCode(409)
        .body("code", equalTo("patch-test-failed"))
        .body("detail", containsString("nothing at '/nowhere'"));
    assertEquals(document, read("j"));
  }

  @Test
  void aPatchThatChangesNothingMakesAVersion() {
    put("n", "{\"a\":1}");
    String first = patch(MERGE, "n", "{}").header("ETag");
    String second = patch(JSON, "n", "[]").header("ETag");
    assertTrue(second.compareTo(first) > 0, first + " then " + second);
    assertEquals("{\"a\":1}", read("n"));
    given().get(docs + "/n/versions").then().body("versions.size()", equalTo(3));
  }

  @Test
  void preferMinimalLeavesTheDocumentOut() {
    put("p", "{\"a\":1}");
    Response minimal = patch(MERGE, "p", "{\"a\":2}", "Prefer", "return=minimal");
    minimal
        .then()
        .statusCode(200)
        .header("ETag", notNullValue())
        .header("Preference-Applied", "return=minimal");
    assertEquals("", minimal.body().asString());
    assertEquals("{\"a\":2}", read("p"));
  }

  @Test
  void whatIsNotThereIsNotCreated() {
    refused(MERGE, "never", "{}").statusCode(404).body("code", equalTo("document-not-found"));
    refused(MERGE, "never", "{}", "If-Match", "*").statusCode(404);
    put("gone", "{}");
    Response deleted = given().delete(docs + "/gone");
    refused(JSON, "gone", "[]")
        .statusCode(410)
        .body("code", equalTo("document-deleted"))
        .body("version", equalTo(deleted.header("Meridian-Version")));
    given().get(docs + "/never").then().statusCode(404);
  }

  @Test
  void conditionsAreAboutTheVersionThatIsPatched() {
    String first = put("c", "{\"a\":1}").header("ETag");
    refused(MERGE, "c", "{\"a\":2}", "If-None-Match", "*").statusCode(412);
    refused(MERGE, "c", "{\"a\":2}", "If-Match", "\"x\"")
        .statusCode(412)
        .body("code", equalTo("precondition-failed"))
        .body("currentVersion", equalTo(first.replace("\"", "")));
    assertEquals(200, patch(MERGE, "c", "{\"a\":2}", "If-Match", first).statusCode());
    refused(MERGE, "c", "{\"a\":3}", "If-Match", first).statusCode(412);
    // The condition comes before the patch: who reads an old version learns that first.
    refused(JSON, "c", "[{\"op\":\"remove\",\"path\":\"/b\"}]", "If-Match", first).statusCode(412);
    assertEquals(200, patch(MERGE, "c", "{\"a\":4}", "If-Match", "*").statusCode());
    assertEquals("{\"a\":4}", read("c"));
  }

  @Test
  void aCollectionThatAsksForConditionsAsksPatchesToo() {
    given().contentType(ContentType.JSON).body("{\"requirePrecondition\":true}").put(collection);
    String etag =
        given()
            .header("If-None-Match", "*")
            .contentType(ContentType.JSON)
            .body("{}")
            .put(docs + "/r")
            .header("ETag");
    refused(MERGE, "r", "{}").statusCode(428).body("code", equalTo("precondition-required"));
    assertEquals(200, patch(MERGE, "r", "{}", "If-Match", etag).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/vnd.meridian.crdt",
        "text/plain",
        "application/merge-patch+xml"
      })
  void otherMediaTypesAreRefusedAndNamed(String type) {
    put("t", "{}");
    refused(type, "t", "{}")
        .statusCode(415)
        .header("Accept-Patch", MERGE + ", " + JSON + ", application/vnd.meridian.crdt+json")
        .body("code", equalTo("unsupported-media-type"));
    given()
        .contentType("text/plain")
        .body("{}")
        .put(docs + "/t")
        .then()
        .statusCode(415)
        .header("Accept-Patch", nullValue());
  }

  @Test
  void optionsNameMethodsAndKindsOfPatches() {
    given()
        .options(docs + "/o")
        .then()
        .statusCode(200)
        .header("Allow", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS")
        .header("Accept-Patch", MERGE + ", " + JSON + ", application/vnd.meridian.crdt+json");
    given()
        .options(docs)
        .then()
        .statusCode(200)
        .header("Allow", "GET, POST, OPTIONS")
        .header("Accept-Patch", nullValue());
    given()
        .header("Origin", "http://localhost:3000")
        .header("Access-Control-Request-Method", "PATCH")
        .options(docs + "/o")
        .then()
        .statusCode(200)
        .header("Access-Control-Allow-Methods", containsString("PATCH"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        MERGE + "|[]|a merge patch of a document is a JSON object",
        MERGE + "|``|a JSON value is missing",
        MERGE + "|{\"a\":1,\"a\":2}|Duplicate",
        JSON + "|{}|a JSON patch is an array of operations",
        JSON
            + "|[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"rename\"}]|operation 1: 'op' is add",
        JSON + "|[{\"op\":\"add\",\"path\":\"/a\"}]|operation 0: 'value' is missing",
        JSON + "|[{\"op\":\"remove\",\"path\":\"a\"}]|operation 0: 'path'",
        JSON + "|[{\"op\":\"replace\",\"path\":\"\",\"value\":1}]|a document is a JSON object"
      })
  void whatIsNoPatchIsRefused(String type, String body, String why) {
    put("bad", "{\"a\":1}");
    refused(type, "bad", body)
        .statusCode(400)
        .body("code", equalTo("invalid-json"))
        .body("detail", containsString(why));
    assertEquals("{\"a\":1}", read("bad"));
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    put("u", "{}");
    byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'};
    given()
        .contentType(MERGE)
        .body(body)
        .patch(docs + "/u")
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid-json"));
  }

  @Test
  void sizeAndDepthAreBounded() {
    put("s", "{\"a\":\"" + "x".repeat(600_000) + "\"}");
    String half = "{\"b\":\"" + "y".repeat(600_000) + "\"}";
    refused(MERGE, "s", half).statusCode(413).body("code", equalTo("document-too-large"));
    refused(MERGE, "s", "{\"b\":\"" + "y".repeat(1 << 20) + "\"}").statusCode(413);
    refused(
            JSON,
            "s",
            IntStream.range(0, 40)
                .mapToObj(i -> "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/k" + i + "\"}")
                .toList()
                .toString())
        .statusCode(413);
    String deep = "{\"b\":" + "[".repeat(900) + "]".repeat(900) + "}";
    refused(MERGE, "s", deep).statusCode(400).body("code", equalTo("invalid-json"));
    // A patch may be larger than what it leaves.
    assertEquals(
        200,
        patch(MERGE, "s", "{\"a\":null,\"b\":\"" + "y".repeat(1_000_000) + "\"}").statusCode());
    assertEquals("{\"b\":\"" + "y".repeat(1_000_000) + "\"}", read("s"));
  }

  @Test
  void aBodyThatComesInPiecesIsReadWhole() throws Exception {
    put("chunks", "{\"a\":1}");
    String large = "x".repeat(100_000);
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      OutputStream out = socket.getOutputStream();
      String head =
          "PATCH "
              + docs
              + "/chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
              + MERGE
              + "\r\nTransfer-Encoding: chunked\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      for (String piece : List.of("{\"b\":\"", large, "\"}")) {
        String chunk = Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n";
        out.write(chunk.getBytes(StandardCharsets.US_ASCII));
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer.substring(0, 200));
    }
    assertEquals("{\"a\":1,\"b\":\"" + large + "\"}", read("chunks"));
  }

  @Test
  void anIdempotencyKeyIsStillRefusedNotIgnored() {
    put("i", "{}");
    refused(MERGE, "i", "{}", "Idempotency-Key", "k")
        .statusCode(400)
        .body("code", equalTo("invalid-header"));
  }

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private CompletableFuture<HttpResponse<String>> send(
      String method, String id, String type, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + docs + "/" + id))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", type);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Reads, and counts one up if that is still what is there; else again. Says how often it took.
   */
  private CompletableFuture<Integer> increment(int tries) {
    return send("GET", "counter", MERGE, "")
        .thenCompose(
            got -> {
              int n = new JsonPath(got.body()).getInt("n");
              return send(
                  "PATCH",
                  "counter",
                  JSON,
                  "[{\"op\":\"test\",\"path\":\"/n\",\"value\":"
                      + n
                      + "},{\"op\":\"replace\",\"path\":\"/n\",\"value\":"
                      + (n + 1)
                      + "}]");
            })
        .thenCompose(
            done ->
                switch (done.statusCode()) {
                  case 200 -> CompletableFuture.completedFuture(tries);
                  case 409 -> increment(tries + 1);
                  default -> throw new AssertionError(done.statusCode() + " " + done.body());
                });
  }

  @Test
  void noneOfManyIncrementsAtOnceIsLost() {
    put("counter", "{\"n\":0,\"kept\":1.10}");
    List<CompletableFuture<Integer>> all =
        IntStream.range(0, 200).mapToObj(i -> increment(1)).toList();
    int tries = all.stream().mapToInt(CompletableFuture::join).sum();
    System.out.println("200 increments at once took " + tries + " patches");
    assertTrue(tries > 200, "nobody was in another's way");
    assertEquals("{\"n\":200,\"kept\":1.10}", read("counter"));
  }

  /** They take turns: nobody has to try again, whatever is in the way. */
  @ParameterizedTest
  @ValueSource(strings = {"local", "none"})
  void noneOfManyPatchesAtOnceIsRefusedOrLost(String durability) {
    put("shared", "{}");
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(
          send(
              "PATCH",
              "shared",
              MERGE,
              "{\"k" + i + "\":" + i + "}",
              "Meridian-Durability",
              durability));
      if (i % 30 == 0) {
        // Another document's put is not in their way; one of the same document is.
        all.add(send("PUT", "other", "application/json", "{}"));
      }
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      assertTrue(each.join().statusCode() < 300, each.join().body());
    }
    JsonPath shared = new JsonPath(read("shared"));
    for (int i = 0; i < 300; i++) {
      assertEquals(i, shared.getInt("k" + i));
    }
  }

  /** Every version is a put, or the version before it with a patch on top. */
  @Test
  void patchesAmongPutsOfTheSameDocumentChangeWhatTheyRead() {
    put("mixed", "{\"put\":-1}");
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(send("PATCH", "mixed", MERGE, "{\"patch" + i + "\":true}"));
      if (i % 4 == 0) {
        all.add(send("PUT", "mixed", "application/json", "{\"put\":" + i + "}"));
      }
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      assertTrue(each.join().statusCode() < 300, each.join().body());
    }
    List<String> versions =
        given().get(docs + "/mixed/versions?limit=100").path("versions.version");
    assertEquals(51, versions.size());
    String before = "";
    for (String version : versions.reversed()) {
      String document = given().get(docs + "/mixed/versions/" + version).body().asString();
      boolean patched =
          !before.isEmpty()
              && document.startsWith(before.substring(0, before.length() - 1) + ",\"patch");
      assertTrue(patched || document.matches("\\{\"put\":-?\\d+}"), before + " then " + document);
      before = document;
    }
  }

  private List<JsonPath> bulk(String... lines) {
    String answers =
        given()
            .contentType("application/x-ndjson")
            .body(String.join("\n", lines).getBytes(StandardCharsets.UTF_8))
            .post(collection + "/bulk")
            .body()
            .asString();
    return answers.lines().map(JsonPath::new).toList();
  }

  @Test
  void bulkLinesPatchWhatTheLinesAboveWrote() {
    List<JsonPath> answers =
        bulk(
            "{\"op\":\"put\",\"id\":\"a\",\"doc\":{\"n\":1.50}}",
            "{\"op\":\"patch\",\"id\":\"a\",\"patch\":{\"m\":2},\"type\":\"merge-patch\"}",
            "{\"op\":\"patch\",\"type\":\"json-patch\",\"id\":\"a\","
                + "\"patch\":[{\"op\":\"move\",\"from\":\"/m\",\"path\":\"/k\"}]}",
            "{\"op\":\"get\",\"id\":\"a\"}",
            "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"json-patch\","
                + "\"patch\":[{\"op\":\"test\",\"path\":\"/k\",\"value\":3}]}",
            "{\"op\":\"patch\",\"id\":\"none\",\"type\":\"merge-patch\",\"patch\":{}}",
            "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"crdt\",\"patch\":[]}",
            "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"merge-patch\"}",
            "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"merge-patch\",\"patch\":[]}",
            "{\"op\":\"patch\",\"id\":\"a\",\"type\":\"merge-patch\",\"patch\":{},\"ifMatch\":\"x\"}",
            "{\"op\":\"put\",\"id\":\"a\",\"doc\":{\"last\":true}}",
            "{\"op\":\"get\",\"id\":\"a\"}");
    assertEquals(
        List.of(201, 200, 200, 200, 409, 404, 400, 400, 400, 412, 200, 200),
        answers.stream().map(answer -> answer.getInt("status")).toList());
    assertEquals("{k=2, n=1.5}", new java.util.TreeMap<>(answers.get(3).getMap("doc")).toString());
    assertEquals("patch-test-failed", answers.get(4).getString("code"));
    assertTrue(answers.get(6).getString("detail").contains("array of 1 to 1000"));
    assertEquals("{last=true}", answers.get(11).getMap("doc").toString());
    assertEquals("a", answers.get(1).getString("id"));
    assertTrue(answers.get(1).getString("version").endsWith("-eu"));
  }

  @Test
  void aThousandLinesPatchManyDocumentsAndOneManyTimes() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      lines.add("{\"op\":\"put\",\"id\":\"k" + i + "\",\"doc\":{\"i\":" + i + "}}");
    }
    for (int i = 0; i < 700; i++) {
      lines.add(
          "{\"op\":\"patch\",\"id\":\"k" + i + "\",\"type\":\"merge-patch\",\"patch\":{\"p\":1}}");
    }
    for (int i = 0; i < 520; i++) {
      lines.add(
          "{\"op\":\"patch\",\"id\":\"k0\",\"type\":\"json-patch\",\"patch\":"
              + "[{\"op\":\"test\",\"path\":\"/i\",\"value\":"
              + i
              + "},{\"op\":\"replace\",\"path\":\"/i\",\"value\":"
              + (i + 1)
              + "}]}");
    }
    List<JsonPath> answers = bulk(lines.toArray(String[]::new));
    assertEquals(lines.size(), answers.size());
    for (int i = 0; i < answers.size(); i++) {
      assertEquals(i < 700 ? 201 : 200, answers.get(i).getInt("status"), lines.get(i));
    }
    assertEquals("{\"i\":520,\"p\":1}", read("k0"));
    assertEquals("{\"i\":699,\"p\":1}", read("k699"));
  }

  @Test
  void theDescriptionNamesKindsExamplesAndRefusals() {
    String operation = "paths.'/v1/collections/{collection}/docs/{id}'.patch.";
    given()
        .accept("application/json")
        .get("/q/openapi?format=json")
        .then()
        .statusCode(200)
        .body(operation + "requestBody.content", hasKey(MERGE))
        .body(operation + "requestBody.content", hasKey(JSON))
        .body(operation + "requestBody.content", not(hasKey("*/*")))
        .body(
            operation + "requestBody.content.'" + MERGE + "'.examples.'merge-patch'.value.total",
            notNullValue())
        .body(operation + "responses.'409'.description", containsString("patch-test-failed"))
        .body(operation + "responses.'415'.headers", hasKey("Accept-Patch"))
        .body(operation + "responses.'200'.headers", hasKey("Meridian-Receipt"))
        .body(operation + "parameters.name", org.hamcrest.Matchers.hasItem("Meridian-Durability"));
  }
}
