package dev.meridian.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A region as it runs in production: the built jar in a process of its own, that can be killed. */
public final class RegionProcess implements AutoCloseable {

  static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();

  private final Path workDirectory;
  private final Path log;
  private final int port;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Process process;

  /**
   * @param workDirectory where the process runs; its log is kept there
   */
  public RegionProcess(Path workDirectory, int port) {
    this.workDirectory = workDirectory;
    this.log = workDirectory.resolve("node-" + port + ".log");
    this.port = port;
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
  }

  public RegionProcess with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /**
   * A region of a cluster that chaos may be brought into, with small memtables and segments.
   *
   * @param ports of all regions, by name
   */
  public static RegionProcess of(String name, Map<String, Integer> ports, Path workDirectory) {
    String peers =
        ports.keySet().stream()
            .filter(other -> !other.equals(name))
            .map(other -> other + "=http://127.0.0.1:" + ports.get(other))
            .collect(Collectors.joining(","));
    return new RegionProcess(workDirectory, ports.get(name))
        .with("MERIDIAN_REGION", name)
        .with("MERIDIAN_PEERS", peers)
        .with("MERIDIAN_MEMTABLE_BYTES", "262144")
        .with("MERIDIAN_LOG_SEGMENT_BYTES", "2097152")
        .with("MERIDIAN_CHAOS_ENABLED", "true");
  }

  /** Starts the process without waiting for it. */
  public RegionProcess launch() {
    if (!Files.exists(JAR)) {
      throw new AssertionError("there is no " + JAR + ": run this test with ./mvnw verify");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                JAR.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
    builder.environment().keySet().removeIf(name -> name.startsWith("QUARKUS_"));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return this;
  }

  public RegionProcess awaitReady() {
    Await.until(
        "the region on port " + port + " is ready",
        Duration.ofSeconds(60),
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("the region ended with " + process.exitValue() + "\n" + log());
          }
          return status("GET", "/q/health/ready") == 200;
        });
    return this;
  }

  public RegionProcess start() {
    return launch().awaitReady();
  }

  /** kill -9: nothing of the process runs any more when this returns. */
  public void kill9() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** SIGSTOP: the process exists and its connections stay open, but nothing in it runs. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (status != 0) {
        throw new AssertionError("kill -" + name + " ended with " + status);
      }
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  /** SIGTERM; returns the exit code. Fails when it takes longer than {@code limit}. */
  public int terminate(Duration limit) {
    process.destroy();
    return awaitExit(limit);
  }

  int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + limit + "\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException stop) {
      throw new AssertionError(stop);
    }
  }

  /** Whether its log has this anywhere. */
  boolean said(String part) {
    return count(part) > 0;
  }

  /** How often it said so. */
  long count(String part) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(part)).count();
    } catch (IOException none) {
      return 0;
    }
  }

  long pid() {
    return process.pid();
  }

  /** The end of its log. */
  public String log() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException none) {
      return "(no log)";
    }
  }

  int port() {
    return port;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public static String doc(String collection, String id) {
    return "/v1/collections/"
        + collection
        + "/docs/"
        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  public HttpResponse<String> send(String method, String path, String body) throws IOException {
    return send(method, path, body, Map.of());
  }

  HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
      throws IOException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path));
    headers.forEach(builder::header);
    HttpRequest request =
        builder
            .timeout(Duration.ofSeconds(20))
            .header(
                "Content-Type",
                path.endsWith("/bulk") ? "application/x-ndjson" : "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException stop) {
      throw new AssertionError(stop);
    }
  }

  /** A patch of a kind, with headers in pairs of name and value. */
  HttpResponse<String> patch(String path, String type, String body, String... headers)
      throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", type)
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    try {
      return HTTP.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException stop) {
      throw new AssertionError(stop);
    }
  }

  HttpResponse<String> get(String path) throws IOException {
    return send("GET", path, "");
  }

  public HttpResponse<String> put(String path, String body) throws IOException {
    return send("PUT", path, body);
  }

  /** The status of an answer; 0 when there was none. */
  int status(String method, String path) {
    try {
      return send(method, path, "").statusCode();
    } catch (IOException none) {
      return 0;
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      awaitExit(Duration.ofSeconds(10));
    }
  }

  /** Removes a directory with all that is in it. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A port that was free a moment ago. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
