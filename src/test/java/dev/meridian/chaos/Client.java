package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * Asks regions for one thing after the other and notes what it hears. After an answer that leaves
 * open whether something was done it goes on as another process. One thread.
 */
final class Client {

  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  /** What is read last is tried so often: a machine may be busy. */
  private static final int LAST_TRIES = 20;

  private static final long TRY_AGAIN_NANOS = Duration.ofMillis(500).toNanos();

  /** With these nothing was done, and nothing will be. */
  private static final Set<String> NOT_DONE = Set.of("not-ready", "overloaded", "fenced");

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final ChaosCluster cluster;
  private final History history;
  private final RandomGenerator random;
  private int process;
  private boolean isLast;

  Client(ChaosCluster cluster, History history, RandomGenerator random) {
    this.cluster = cluster;
    this.history = history;
    this.random = random;
    process = history.newProcess();
  }

  /**
   * A request.
   *
   * @param f what it is in the history
   * @param value what is to be written
   */
  record Request(
      String f,
      String key,
      JsonNode value,
      String region,
      String method,
      String path,
      String type,
      String body,
      Map<String, String> headers) {

    boolean isRead() {
      return method.equals("GET");
    }
  }

  /** An answer to it that came. */
  record Answer(int status, JsonNode body, HttpResponse<String> all) {

    String header(String name) {
      return all.headers().firstValue(name).orElse("");
    }
  }

  RandomGenerator random() {
    return random;
  }

  String anyRegion() {
    return cluster.names().get(random.nextInt(cluster.names().size()));
  }

  ChaosCluster cluster() {
    return cluster;
  }

  int process() {
    return process;
  }

  /** From now on its reads are the last ones. */
  void last() {
    isLast = true;
  }

  /**
   * Asks, and notes it.
   *
   * @param value what of a good answer is the value in the history; null for what was written
   * @return whether it was done
   */
  boolean ask(Request request, BiFunction<Client, Answer, JsonNode> value) {
    boolean done = askOnce(request, value);
    for (int i = 1; isLast && !done && i < LAST_TRIES; i++) {
      LockSupport.parkNanos(TRY_AGAIN_NANOS);
      done = askOnce(request, value);
    }
    return done;
  }

  private boolean askOnce(Request request, BiFunction<Client, Answer, JsonNode> value) {
    Operation invoked =
        history.invoke(
            process, request.f(), request.key(), request.value(), request.region(), isLast);
    Operation.Type outcome;
    JsonNode result = request.value();
    String version = "";
    try {
      Answer answer = send(request);
      outcome = outcome(request, answer);
      if (outcome == Operation.Type.OK) {
        result = value.apply(this, answer);
        version = answer.header("Meridian-Version");
      }
    } catch (ConnectException | HttpConnectTimeoutException neverSent) {
      outcome = Operation.Type.FAIL;
    } catch (IOException broken) {
      outcome = request.isRead() ? Operation.Type.FAIL : Operation.Type.INFO;
    }
    history.end(invoked, outcome, result, version);
    if (outcome == Operation.Type.INFO) {
      process = history.newProcess();
    }
    return outcome == Operation.Type.OK;
  }

  private Answer send(Request request) throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(cluster.region(request.region()).uri(request.path()))
            .timeout(TIMEOUT)
            .header("Content-Type", request.type())
            .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
    request.headers().forEach(builder::header);
    try {
      HttpResponse<String> answer =
          HTTP.send(builder.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), json(answer.body()), answer);
    } catch (InterruptedException stop) {
      throw new IOException(stop);
    }
  }

  private static JsonNode json(String body) throws IOException {
    return body.isEmpty() ? NullNode.getInstance() : JSON.readTree(body);
  }

  private static Operation.Type outcome(Request request, Answer answer) {
    boolean isNothingThere =
        request.isRead()
            && answer.status() == 404
            && Set.of("document-not-found", "collection-not-found")
                .contains(answer.body().path("code").asText());
    if (answer.status() / 100 == 2 || isNothingThere) {
      return Operation.Type.OK;
    }
    boolean isRefused =
        request.isRead()
            || answer.status() / 100 == 4
            || NOT_DONE.contains(answer.body().path("code").asText());
    return isRefused ? Operation.Type.FAIL : Operation.Type.INFO;
  }
}
