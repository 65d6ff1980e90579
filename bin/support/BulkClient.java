import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends batches to a region's bulk endpoint. A put of the same document under the same id may be
 * repeated, so what failed for a passing reason is sent again, from the first such line on: later
 * lines of the batch must stay later.
 */
final class BulkClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 4_000;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private final URI bulk;

  /** One line to send and the id in it. */
  record Line(String id, byte[] text) {}

  /** What became of a line; code and detail are null when it went well. */
  record Result(int status, String code, String detail) {
    boolean ok() {
      return status < 300;
    }

    boolean passing() {
      return status == 429 || status == 503;
    }
  }

  BulkClient(String url, String collection) {
    base = URI.create(url.endsWith("/") ? url : url + "/");
    bulk = base.resolve("v1/collections/" + collection + "/bulk");
  }

  /** Fails at once, with a sentence for people, when no region is there. */
  void checkReady() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(base.resolve("q/health/ready")).timeout(PATIENCE).GET().build();
    try {
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      if (status != 200) {
        throw new IOException("the region at " + base + " is not ready (HTTP " + status + ")");
      }
    } catch (java.net.ConnectException e) {
      throw new IOException("no region answers at " + base + "; start one with bin/up");
    }
  }

  /** Sends a batch until each line has a lasting answer, or the region has failed for too long. */
  List<Result> send(List<Line> lines) throws IOException, InterruptedException {
    var results = new ArrayList<Result>();
    long pauseMs = FIRST_PAUSE_MS;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (results.size() < lines.size()) {
      int before = results.size();
      IOException problem = null;
      try {
        results.addAll(lasting(sendOnce(lines.subList(before, lines.size()))));
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        problem = e;
      }
      if (results.size() > before) {
        pauseMs = FIRST_PAUSE_MS;
        deadline = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new IOException("the region has not taken a document for 30 s", problem);
      }
      if (results.size() < lines.size()) {
        Thread.sleep(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
    return results;
  }

  private static List<Result> lasting(List<Result> results) {
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i).passing()) {
        return results.subList(0, i);
      }
    }
    return results;
  }

  private List<Result> sendOnce(List<Line> lines) throws IOException, InterruptedException {
    var body = new ByteArrayOutputStream();
    for (var line : lines) {
      body.writeBytes(line.text());
      body.write('\n');
    }
    var request =
        HttpRequest.newBuilder(bulk)
            .header("Content-Type", "application/x-ndjson")
            .header("Accept", "application/x-ndjson")
            .timeout(Duration.ofSeconds(60))
            .POST(BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    var response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (response.statusCode() == 413 && lines.size() > 1) {
      int half = lines.size() / 2;
      var results = new ArrayList<>(sendOnce(lines.subList(0, half)));
      if (results.stream().noneMatch(Result::passing)) {
        results.addAll(sendOnce(lines.subList(half, lines.size())));
      }
      return results;
    }
    return results(response, lines.size());
  }

  private static List<Result> results(HttpResponse<String> response, int expected)
      throws IOException {
    int status = response.statusCode();
    if (status == 413) {
      return List.of(new Result(413, "document-too-large", "the region takes no such request"));
    }
    if (status == 429 || status >= 500) {
      throw new IOException("HTTP " + status + " " + response.body().strip());
    }
    if (status != 200) {
      throw new RefusedException("HTTP " + status + " " + response.body().strip());
    }
    var results = new ArrayList<Result>(expected);
    for (var line : (Iterable<String>) response.body().lines()::iterator) {
      results.add(result(line.getBytes(StandardCharsets.UTF_8)));
    }
    if (results.size() != expected) {
      throw new IOException(
          "the region answered " + results.size() + " of " + expected + " documents");
    }
    return results;
  }

  private static Result result(byte[] line) throws IOException {
    try {
      int status = Integer.parseInt(Json.member(line, "status"));
      return status < 300
          ? new Result(status, null, null)
          : new Result(status, text(line, "code"), text(line, "detail"));
    } catch (Json.MalformedException | NumberFormatException e) {
      throw new IOException(
          "the region's answer is not understood: " + new String(line, StandardCharsets.UTF_8), e);
    }
  }

  private static String text(byte[] line, String member) throws Json.MalformedException {
    var token = Json.member(line, member);
    return token == null || !token.startsWith("\"") ? "unknown" : Json.decode(token);
  }

  /** The region refuses the whole request; sending it again would not help. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
