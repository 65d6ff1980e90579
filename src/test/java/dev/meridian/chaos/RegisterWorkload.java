package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Registers written and read by majorities in any region: a read is at least as new as every write
 * that was acknowledged before it began (Lamport, "On interprocess communication", 1986: regular),
 * in the order of versions; and it shows only what was written.
 */
final class RegisterWorkload implements Workload {

  private static final String COLLECTION = "registers";
  private static final int KEYS = 5;

  private final AtomicInteger next = new AtomicInteger();

  @Override
  public String name() {
    return "register";
  }

  @Override
  public void prepare(ChaosCluster cluster) {
    // They begin with nothing.
  }

  @Override
  public void step(Client client) {
    String key = "r" + client.random().nextInt(KEYS);
    if (client.random().nextBoolean()) {
      read(client, key, client.anyRegion());
    } else {
      write(client, key, client.anyRegion());
    }
  }

  @Override
  public void readAll(Client client) {
    for (int i = 0; i < KEYS; i++) {
      for (String region : client.cluster().names()) {
        read(client, "r" + i, region);
      }
    }
  }

  private static void read(Client client, String key, String region) {
    client.ask(
        Requests.read(COLLECTION, key, region, Map.of("Meridian-Consistency", "quorum")),
        (self, answer) ->
            answer.status() == 404 ? NullNode.getInstance() : answer.body().path("v"));
  }

  private void write(Client client, String key, String region) {
    int value = next.getAndIncrement();
    JsonNode node = JsonNodeFactory.instance.numberNode(value);
    client.ask(
        Requests.put(
            "write",
            COLLECTION,
            key,
            region,
            node,
            "{\"v\":" + value + "}",
            Map.of("Meridian-Durability", "quorum")),
        (self, answer) -> node);
  }

  @Override
  public List<String> wrong(List<Operation> history) {
    return Checks.byKey(history, RegisterCheck::new);
  }

  /** Of one register. */
  private static final class RegisterCheck implements Checks.Check {
    private final Map<Integer, String> newestBefore = new HashMap<>();
    private final Set<String> written = new HashSet<>();
    private final Map<String, String> versions = new HashMap<>();
    private final Set<String> last = new TreeSet<>();
    private String newest = "";

    @Override
    public void take(Operation operation, Checks.Findings findings) {
      if (operation.is(Operation.Type.INVOKE, "write")) {
        written.add(operation.value().toString());
      } else if (operation.is(Operation.Type.FAIL, "write")) {
        written.remove(operation.value().toString());
        if (versions.containsKey(operation.value().toString())) {
          findings.add(operation, "it failed, and was seen");
        }
      } else if (operation.is(Operation.Type.OK, "write")) {
        sees(operation, findings);
        newest = max(newest, operation.version());
      } else if (operation.is(Operation.Type.INVOKE, "read")) {
        newestBefore.put(operation.process(), newest);
      } else if (operation.is(Operation.Type.OK, "read")) {
        read(operation, findings);
      }
    }

    private void read(Operation read, Checks.Findings findings) {
      String least = newestBefore.get(read.process());
      if (read.version().compareTo(least) < 0) {
        findings.add(read, "it is older than " + least + ", which was acknowledged before");
      }
      if (!read.value().isNull()) {
        if (!written.contains(read.value().toString())) {
          findings.add(read, "nobody wrote that");
        }
        sees(read, findings);
      }
      if (read.last()) {
        last.add(read.version());
      }
    }

    /** A value has one version, wherever it is seen. */
    private void sees(Operation operation, Checks.Findings findings) {
      String before = versions.putIfAbsent(operation.value().toString(), operation.version());
      if (before != null && !before.equals(operation.version())) {
        findings.add(operation, "it had version " + before + " before");
      }
    }

    private static String max(String one, String other) {
      return one.compareTo(other) < 0 ? other : one;
    }

    @Override
    public void end(Checks.Findings findings) {
      if (last.size() > 1) {
        findings.add("in the end regions show different versions: " + last);
      }
    }
  }
}
