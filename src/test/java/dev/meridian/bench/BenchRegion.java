package dev.meridian.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A region started for a benchmark, from the benchmark build, and what it used of the processor.
 */
final class BenchRegion implements AutoCloseable {

  private static final Path JAR =
      Path.of("target/bench/quarkus-app/quarkus-run.jar").toAbsolutePath();
  private static final long TICKS_PER_SECOND = 100; // USER_HZ, fixed on Linux

  static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int port;
  private final Process process;

  BenchRegion(Path directory, String name, int port, Map<String, String> settings)
      throws IOException {
    this.port = port;
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    String extra = System.getProperty("bench.jvm", "");
    if (!extra.isBlank()) {
      command.addAll(List.of(extra.split(" ")));
    }
    command.addAll(List.of("-jar", JAR.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile());
    builder.environment().put("MERIDIAN_REGION", name);
    builder.environment().put("MERIDIAN_DATA_DIR", directory.resolve(name).toString());
    builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
    builder.environment().putAll(settings);
    process = builder.start();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      try {
        if (call("GET", "/q/health/ready", "").statusCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        // still starting
      }
      LockSupport.parkNanos(100_000_000);
    }
    throw new IOException("the region did not start");
  }

  HttpResponse<String> call(String method, String path, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Processor time of the server so far, user and system, in microseconds. */
  long cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000_000 / TICKS_PER_SECOND;
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
    }
  }
}
