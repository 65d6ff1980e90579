package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all processes asked for and heard, in the order of its times; written as it comes, as JSON
 * lines and as EDN. Thread-safe.
 */
final class History implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final long startNanos = System.nanoTime();
  private final AtomicInteger processes = new AtomicInteger();
  private final List<Operation> operations = new ArrayList<>();
  private final BufferedWriter json;
  private final BufferedWriter edn;

  /**
   * @param name of the two files without their endings
   */
  History(Path directory, String name) throws IOException {
    json = Files.newBufferedWriter(directory.resolve(name + ".jsonl"));
    edn = Files.newBufferedWriter(directory.resolve(name + ".edn"));
  }

  /** A process that asked for nothing yet. */
  int newProcess() {
    return processes.getAndIncrement();
  }

  /** The beginning of a request. */
  synchronized Operation invoke(
      int process, String f, String key, JsonNode value, String region, boolean last) {
    return note(
        new Operation(process, Operation.Type.INVOKE, f, key, value, region, "", last, elapsed()));
  }

  /** Its end. */
  synchronized void end(Operation invoked, Operation.Type type, JsonNode value, String version) {
    note(invoked.outcome(type, value, version, elapsed()));
  }

  /** What was broken, or is whole again. */
  synchronized void nemesis(String what, JsonNode value, String region) {
    note(
        new Operation(
            Operation.NEMESIS, Operation.Type.INFO, what, "", value, region, "", false, elapsed()));
  }

  private long elapsed() {
    return System.nanoTime() - startNanos;
  }

  private Operation note(Operation operation) {
    int index = operations.size();
    operations.add(operation);
    try {
      json.append(operation.json(index)).append('\n');
      edn.append(operation.edn(index)).append('\n');
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return operation;
  }

  synchronized List<Operation> all() {
    return List.copyOf(operations);
  }

  /** Reads what one has written. */
  static List<Operation> read(Path jsonLines) throws IOException {
    List<Operation> all = new ArrayList<>();
    for (String line : Files.readAllLines(jsonLines)) {
      all.add(Operation.of(JSON.readTree(line)));
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    json.close();
    edn.close();
  }
}
