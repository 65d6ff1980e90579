package dev.meridian.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Three regions on this machine, each reading from the other two. */
final class BenchCluster implements AutoCloseable {

  static final List<String> NAMES = List.of("eu", "us", "ap");

  private final Map<String, BenchRegion> regions = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();
  private final Path directory;

  BenchCluster(Path directory) throws IOException, InterruptedException {
    this(directory, NAMES, Map.of());
  }

  /**
   * @param further settings of all regions
   */
  BenchCluster(Path directory, List<String> names, Map<String, String> further)
      throws IOException, InterruptedException {
    this.directory = directory;
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (String name : names) {
      ports.put(name, BenchRegion.freePort());
    }
    for (String name : names) {
      String peers =
          names.stream()
              .filter(other -> !other.equals(name))
              .map(other -> other + "=http://127.0.0.1:" + ports.get(other))
              .collect(Collectors.joining(","));
      Map<String, String> own = new LinkedHashMap<>(further);
      own.put("MERIDIAN_PEERS", peers);
      settings.put(name, own);
      regions.put(name, new BenchRegion(directory, name, ports.get(name), own));
    }
    for (BenchRegion region : regions.values()) {
      region.awaitReady();
    }
  }

  /** Starts a region anew that was closed. */
  void restart(String name) throws IOException, InterruptedException {
    int port = regions.get(name).port();
    regions.put(name, new BenchRegion(directory, name, port, settings.get(name)));
    regions.get(name).awaitReady();
  }

  BenchRegion region(String name) {
    return regions.get(name);
  }

  String status(String region) throws IOException, InterruptedException {
    return region(region).call("GET", "/v1/cluster", "").body();
  }

  /** How many changes of {@code origin} are applied in {@code region}. */
  long applied(String region, String origin) throws IOException, InterruptedException {
    String vector = match(status(region), "\"vector\":\\{([^}]*)\\}");
    Matcher own = Pattern.compile("\"" + origin + "\":(\\d+)").matcher(vector);
    return own.find() ? Long.parseLong(own.group(1)) : 0;
  }

  /** Waits until every region has what {@code origin} made. */
  void awaitEverywhere(String origin) throws IOException, InterruptedException {
    long made = applied(origin, origin);
    for (String region : regions.keySet()) {
      while (applied(region, origin) < made) {
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /** A figure of the link from one region to another, as the one at its end tells. */
  double link(String from, String to, String figure) throws IOException, InterruptedException {
    String link = match(status(to), "(\\{\"from\":\"" + from + "\",\"to\":\"" + to + "\".*)");
    return Double.parseDouble(match(link, "\"" + figure + "\":(-?[0-9.Ee+-]+)"));
  }

  void pause(String region, boolean paused) throws IOException, InterruptedException {
    for (String peer : NAMES) {
      if (!peer.equals(region)) {
        String body = "{\"paused\":" + paused + "}";
        int status = region(region).call("PUT", "/v1/cluster/links/" + peer, body).statusCode();
        if (status != 200) {
          throw new IOException("a link could not be paused: " + status);
        }
      }
    }
  }

  private static String match(String text, String pattern) throws IOException {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) {
      throw new IOException("no " + pattern + " in " + text);
    }
    return found.group(1);
  }

  @Override
  public void close() throws IOException {
    for (BenchRegion region : regions.values()) {
      region.close();
    }
  }
}
