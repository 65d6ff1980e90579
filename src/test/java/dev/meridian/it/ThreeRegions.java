package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Three regions on this machine, each a process, each reading from the other two. Registered as an
 * extension they run as long as the tests of a class; after each test their links are whole again.
 */
final class ThreeRegions
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();
  static final List<String> NAMES = List.of("eu", "us", "ap");

  private final Map<String, RegionProcess> regions = new LinkedHashMap<>();

  private final Map<String, String> further;
  private Path directory = Path.of("");

  ThreeRegions() {
    this(Map.of());
  }

  /**
   * @param further settings of all regions
   */
  ThreeRegions(Map<String, String> further) {
    this.further = further;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("meridian-it");
    start(directory);
  }

  /** For a test that starts and closes them itself. */
  ThreeRegions start(Path directory) {
    this.directory = directory;
    Map<String, Integer> ports = new LinkedHashMap<>();
    NAMES.forEach(name -> ports.put(name, RegionProcess.freePort()));
    for (String name : NAMES) {
      regions.put(
          name,
          RegionProcess.of(name, ports, directory)
              .with("MERIDIAN_DATA_DIR", directory.resolve(name).toString()));
      further.forEach(regions.get(name)::with);
    }
    regions.values().forEach(RegionProcess::launch);
    regions.values().forEach(RegionProcess::awaitReady);
    awaitUp();
    return this;
  }

  /** Ends all faults and pauses, and waits until that is noticed. */
  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    heal();
    awaitUp();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
    RegionProcess.delete(directory);
  }

  @Override
  public void close() {
    regions.values().forEach(RegionProcess::close);
  }

  /** Where a region keeps its data. */
  Path data(String name) {
    return directory.resolve(name);
  }

  /** Ends all faults and pauses; what follows from that comes in its time. */
  void heal() throws IOException {
    heal(NAMES.toArray(new String[0]));
  }

  /** The same in these regions only. */
  void heal(String... names) throws IOException {
    for (String name : names) {
      for (String peer : NAMES) {
        if (!peer.equals(name)) {
          assertEquals(204, region(name).status("DELETE", "/v1/chaos/links/" + peer));
          pause(name, peer, false);
        }
      }
    }
  }

  /** Every region takes every other for up, and reads from it. */
  void awaitUp() {
    Await.until(
        "all regions are up",
        Duration.ofSeconds(30),
        () -> NAMES.stream().allMatch(name -> allIn(name, "regions", "up")),
        () -> told("regions"));
    Await.until(
        "all links stream",
        Duration.ofSeconds(60),
        () -> NAMES.stream().allMatch(name -> allIn(name, "links", "streaming")),
        () -> told("links"));
  }

  private String told(String list) {
    return NAMES.stream()
        .map(
            name -> {
              try {
                return "\n" + name + ": " + status(name).path(list) + "\n" + region(name).log();
              } catch (IOException unreachable) {
                return "\n" + name + ": " + unreachable;
              }
            })
        .collect(Collectors.joining());
  }

  private boolean allIn(String name, String list, String state) {
    try {
      for (JsonNode each : status(name).path(list)) {
        if (!each.path("state").asText().equals(state)) {
          return false;
        }
      }
      return true;
    } catch (IOException unreachable) {
      return false;
    }
  }

  JsonNode status(String name) throws IOException {
    return JSON.readTree(region(name).get("/v1/cluster").body());
  }

  /** What a region tells of the link from a peer. */
  JsonNode link(String name, String peer) throws IOException {
    return entry(name, "links", "from", peer);
  }

  /** What a region tells of a peer. */
  JsonNode peer(String name, String peer) throws IOException {
    return entry(name, "regions", "id", peer);
  }

  private JsonNode entry(String name, String list, String key, String value) throws IOException {
    JsonNode status = status(name);
    for (JsonNode each : status.path(list)) {
      if (each.path(key).asText().equals(value)) {
        return each;
      }
    }
    throw new AssertionError("nothing of " + value + ": " + status);
  }

  /** Disturbs what a region exchanges with a peer. */
  void fault(String name, String peer, String body) throws IOException {
    assertEquals(200, region(name).put("/v1/chaos/links/" + peer, body).statusCode());
  }

  /** As an operator would: the region reads from the peer no more, or again. */
  void pause(String name, String peer, boolean paused) throws IOException {
    String body = "{\"paused\":" + paused + "}";
    assertEquals(200, region(name).put("/v1/cluster/links/" + peer, body).statusCode());
  }

  /** A write that must work. */
  void put(String name, String path, String body) throws IOException {
    int status = region(name).put(path, body).statusCode();
    assertTrue(status == 200 || status == 201, name + " answered " + status);
  }

  RegionProcess region(String name) {
    return regions.get(name);
  }

  /** Waits until a document has the same bytes and ETag in these regions, and is there. */
  void awaitSame(String path, List<String> names) {
    Await.until(
        path + " is the same in " + names,
        Duration.ofSeconds(30),
        () ->
            names.stream().map(name -> seen(name, path)).distinct().count() == 1
                && !seen(names.getFirst(), path).startsWith("404"));
  }

  /** Waits until every region has applied the same changes. */
  void awaitEqualVectors() {
    Await.until(
        "all regions applied the same",
        Duration.ofSeconds(60),
        () -> NAMES.stream().map(this::vector).distinct().count() == 1);
  }

  /** The whole content of a collection in a region, as listed. */
  String content(String name, String collection) throws IOException {
    StringBuilder all = new StringBuilder();
    String cursor = "";
    do {
      String path = "/v1/collections/" + collection + "/docs?limit=1000" + cursor;
      JsonNode page = JSON.readTree(region(name).get(path).body());
      page.path("docs").forEach(document -> all.append(document).append('\n'));
      cursor = page.has("cursor") ? "&cursor=" + page.path("cursor").asText() : "";
    } while (!cursor.isEmpty());
    return all.toString();
  }

  private String vector(String name) {
    try {
      return JSON.readTree(region(name).get("/v1/cluster").body()).path("vector").toString();
    } catch (IOException unreachable) {
      return "unreachable " + name;
    }
  }

  private String seen(String name, String path) {
    try {
      var answer = region(name).get(path);
      return answer.statusCode() + answer.headers().firstValue("ETag").orElse("") + answer.body();
    } catch (IOException unreachable) {
      return "404 unreachable " + name;
    }
  }
}
