package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a resource is asked is a problem document too. Talks in raw bytes. */
@QuarkusTest
@WithTestResource(FreshData.class)
class RefusalsTest {

  private final String docs = "/v1/collections/refusals/docs";

  @Test
  void aBodyOfUnannouncedLengthIsBoundedToo() throws Exception {
    assertContains("201 Created", chunked("unannounced", 1 << 20));
    assertContains("document-too-large", chunked("unannounced", (1 << 20) + 1));
    assertContains("document-too-large", chunked("unannounced", 50 << 20));
  }

  /** The whole answer to a document of so many bytes, sent in pieces. */
  private String chunked(String id, int bytes) throws Exception {
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      OutputStream out = socket.getOutputStream();
      write(out, "PUT " + docs + "/" + id + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
      write(out, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      try {
        chunk(out, "{\"a\":\"");
        int left = bytes - "{\"a\":\"\"}".length();
        for (; left > 0; left -= 10_000) {
          chunk(out, "x".repeat(Math.min(left, 10_000)));
        }
        chunk(out, "\"}");
        write(out, "0\r\n\r\n");
      } catch (SocketException refused) {
        // the answer came before the end
      }
      return readAll(socket);
    }
  }

  private static void assertContains(String part, String answer) {
    assertTrue(answer.contains(part), "the answer is: " + answer);
  }

  private static String readAll(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    try {
      for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read()) {
        answer.append((char) c);
      }
    } catch (SocketException reset) {
      // the server had closed while we were sending
    }
    return answer.toString();
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    write(out, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/collections/c/docs/%",
        "/v1/collections/c/docs/%zz",
        "/v1/collections/c/docs/a?limit=%1",
        "/%",
        "/v1/collections/c/docs/a|b",
        "/v1/collections/c/docs/a\"b",
        "/v1/collections/c/docs/\\",
        "/v1/collections/c/docs?filter={}"
      })
  void aMalformedTargetIsAProblem(String target) throws Exception {
    try (Socket socket = new Socket("localhost", RestAssured.port)) {
      write(
          socket.getOutputStream(),
          "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      String answer = readAll(socket);
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("application/problem+json"), answer);
      assertTrue(answer.contains("\"invalid-request\""), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/elsewhere", "/v2", "/consolex", "/favicon.ico", "/v1x", "/peer/v1/none"})
  void anUnknownPathIsAProblem(String path) {
    for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
      given()
          .request(method, path)
          .then()
          .statusCode(404)
          .contentType("application/problem+json")
          .body("code", equalTo("not-found"));
    }
  }
}
