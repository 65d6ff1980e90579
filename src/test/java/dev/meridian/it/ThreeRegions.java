package dev.meridian.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Three regions on this machine, each a process, each reading from the other two. */
final class ThreeRegions implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();
  static final List<String> NAMES = List.of("eu", "us", "ap");

  private final Map<String, RegionProcess> regions = new LinkedHashMap<>();

  ThreeRegions(Path directory) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    NAMES.forEach(name -> ports.put(name, RegionProcess.freePort()));
    for (String name : NAMES) {
      String peers =
          NAMES.stream()
              .filter(other -> !other.equals(name))
              .map(other -> other + "=http://127.0.0.1:" + ports.get(other))
              .collect(Collectors.joining(","));
      regions.put(
          name,
          new RegionProcess(directory, ports.get(name))
              .with("MERIDIAN_REGION", name)
              .with("MERIDIAN_PEERS", peers)
              .with("MERIDIAN_DATA_DIR", directory.resolve(name).toString())
              .with("MERIDIAN_MEMTABLE_BYTES", "262144")
              .with("MERIDIAN_LOG_SEGMENT_BYTES", "2097152")
              .with("MERIDIAN_CHAOS_ENABLED", "true"));
    }
  }

  ThreeRegions start() {
    regions.values().forEach(RegionProcess::launch);
    regions.values().forEach(RegionProcess::awaitReady);
    return this;
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

  @Override
  public void close() {
    regions.values().forEach(RegionProcess::close);
  }
}
