package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.node.Node;
import dev.meridian.node.OtherRegion;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/** A region with a peer whose changes the test brings itself; each test has a collection. */
abstract class CollidingRegion {
  /** A region of its own: what the test brings in a peer's name, other tests must not find. */
  public static final class WithPeers implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("meridian.peers", "us=http://127.0.0.1:3,ap=http://127.0.0.1:4");
    }
  }

  private static final AtomicInteger NEXT = new AtomicInteger();

  @Inject Node node;
  @Inject Conflicts conflicts;

  final String name = "conflict" + NEXT.incrementAndGet();
  final String collection = "/v1/collections/" + name;
  final String docs = collection + "/docs/";
  OtherRegion us;

  @BeforeEach
  void findTheOtherRegion() {
    us = new OtherRegion(node, "us");
  }

  static ValidatableResponse post(String path, String body, String... headers) {
    var request = given().contentType(ContentType.JSON).body(body);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.post(path).then();
  }

  String put(String id, String body) {
    Response written = given().contentType(ContentType.JSON).body(body).put(docs + id);
    assertTrue(written.statusCode() < 300, written.asString());
    return written.header("Meridian-Version");
  }

  void policy(String conflict) {
    given()
        .contentType(ContentType.JSON)
        .body("{\"conflict\":" + conflict + "}")
        .put(collection)
        .then()
        .statusCode(201);
  }

  /** The versions of a base, of this region and of the other one that did not see each other. */
  record Collided(String base, String eu, String us) {}

  Collided collide(String id, String base, String eu, String other) {
    String before = put(id, base);
    VersionVector seen = us.seen(name, id);
    String here = put(id, eu);
    return new Collided(before, here, us.put(name, id, seen, other).toString());
  }

  Collided collide(String id) {
    return collide(id, "{\"n\":0}", "{\"n\":1}", "{\"n\":2}");
  }

  JsonPath list(String query) {
    return given()
        .get("/v1/conflicts?collection=" + name + query)
        .then()
        .statusCode(200)
        .header("Meridian-Session", notNullValue())
        .extract()
        .jsonPath();
  }

  String key(String id) {
    return list("").getString("conflicts.find { it.id == '" + id + "' }.key");
  }

  static String resolve(String key) {
    return "/v1/conflicts/" + key + "/resolve";
  }
}
