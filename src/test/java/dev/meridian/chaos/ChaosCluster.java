package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.meridian.it.Await;
import dev.meridian.it.RegionProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Three to five regions, each a process, if possible with a small disk of its own. */
final class ChaosCluster implements AutoCloseable {

  static final int LEAST_REGIONS = 3;
  static final int MOST_REGIONS = 5;

  private static final List<String> NAMES = List.of("eu", "us", "ap", "sa", "af");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST_TO_AGREE = Duration.ofMinutes(5);

  private final Map<String, RegionProcess> regions = new LinkedHashMap<>();
  private final Map<String, SmallDisk> disks = new LinkedHashMap<>();

  /**
   * @param directory where all of them have their data and logs
   */
  ChaosCluster(Path directory, int count) throws IOException {
    // Whoever ends this process ends the regions too.
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "chaos-end"));
    Map<String, Integer> ports = new LinkedHashMap<>();
    NAMES.subList(0, count).forEach(name -> ports.put(name, RegionProcess.freePort()));
    for (String name : ports.keySet()) {
      Path data = Files.createDirectories(directory.resolve(name));
      SmallDisk.mount(data).ifPresent(disk -> disks.put(name, disk));
      regions.put(
          name,
          RegionProcess.of(name, ports, directory)
              .with("MERIDIAN_DATA_DIR", data.resolve("data").toString())
              .with("MERIDIAN_REPAIR_EVERY", "20s"));
    }
  }

  void start() {
    regions.values().forEach(RegionProcess::launch);
    regions.values().forEach(RegionProcess::awaitReady);
  }

  List<String> names() {
    return List.copyOf(regions.keySet());
  }

  RegionProcess region(String name) {
    return regions.get(name);
  }

  /** The disk of a region, if it has one of its own. */
  Optional<SmallDisk> disk(String name) {
    return Optional.ofNullable(disks.get(name));
  }

  /** Asks a region for something that has to work. */
  JsonNode must(String name, String method, String path, String body) throws IOException {
    HttpResponse<String> answer = region(name).send(method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(name + " " + method + " " + path + ": " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
  }

  /** Waits until all regions have the same changes. */
  void awaitAgreement() {
    Await.until(
        "all regions have the same changes",
        LONGEST_TO_AGREE,
        () -> vectors().size() == 1,
        () -> vectors().toString());
  }

  private Set<String> vectors() {
    Set<String> vectors = new HashSet<>();
    for (String name : names()) {
      try {
        vectors.add(must(name, "GET", "/v1/cluster", "").path("vector").toString());
      } catch (IOException unreachable) {
        vectors.add(name + ": " + unreachable.getMessage());
      }
    }
    return vectors;
  }

  /** Has the regions compare all they have, as of one time. */
  JsonNode prove() throws IOException {
    String first = names().getFirst();
    must(first, "POST", "/v1/cluster/validate", "");
    JsonNode[] proof = {JSON.nullNode()};
    Await.until(
        "the proof is done",
        LONGEST_TO_AGREE,
        () -> {
          proof[0] = must(first, "GET", "/v1/cluster/validate", "");
          return !proof[0].path("state").asText().equals("running");
        });
    return proof[0];
  }

  @Override
  public void close() {
    regions.values().forEach(RegionProcess::close);
    disks.values().forEach(SmallDisk::close);
  }
}
