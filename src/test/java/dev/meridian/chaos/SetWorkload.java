package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sets to which clients add in any region, each in a session of its own that goes from region to
 * region: it goes on to see what it added or saw. In the end all that was acknowledged is
 * everywhere.
 */
final class SetWorkload implements Workload {

  private static final String COLLECTION = "sets";
  private static final int ELEMENTS = 200;

  private final int sets;
  private final AtomicInteger next = new AtomicInteger();
  private final Map<Client, String> sessions = new ConcurrentHashMap<>();

  /**
   * @param sets that are filled, one after the other
   */
  SetWorkload(int sets) {
    this.sets = sets;
  }

  @Override
  public String name() {
    return "set";
  }

  @Override
  public void prepare(ChaosCluster cluster) throws IOException {
    for (int i = 0; i < sets; i++) {
      cluster.must(
          cluster.names().getFirst(),
          "PUT",
          "/v1/collections/" + COLLECTION + "/docs/s" + i,
          "{\"all\":{\"$crdt\":\"or-set\"}}");
    }
  }

  private int newest() {
    return Math.min(next.get() / ELEMENTS, sets - 1);
  }

  @Override
  public void step(Client client) {
    if (client.random().nextInt(3) == 0) {
      boolean isOld = client.random().nextInt(4) == 0;
      int set = isOld ? client.random().nextInt(newest() + 1) : newest();
      read(client, "s" + set, client.anyRegion());
    } else {
      add(client, "s" + newest(), client.anyRegion());
    }
  }

  @Override
  public void readAll(Client client) {
    for (int i = 0; i <= newest(); i++) {
      for (String region : client.cluster().names()) {
        read(client, "s" + i, region);
      }
    }
  }

  private Map<String, String> headers(Client client) {
    String session = sessions.getOrDefault(client, "");
    return session.isEmpty() ? Map.of() : Map.of("Meridian-Session", session);
  }

  private void read(Client client, String key, String region) {
    client.ask(
        Requests.read(COLLECTION, key, region, headers(client)),
        (self, answer) -> {
          sessions.put(self, answer.header("Meridian-Session"));
          return answer.body().path("all");
        });
  }

  private void add(Client client, String key, String region) {
    JsonNode element = JsonNodeFactory.instance.numberNode(next.getAndIncrement());
    client.ask(
        Requests.operate(
            COLLECTION,
            key,
            region,
            element,
            "{\"path\":\"/all\",\"type\":\"or-set\",\"op\":\"add\",\"value\":" + element + "}",
            headers(client)),
        (self, answer) -> {
          sessions.put(self, answer.header("Meridian-Session"));
          return element;
        });
  }

  @Override
  public List<String> wrong(List<Operation> history) {
    return Checks.byKey(history, SetCheck::new);
  }

  /** Of one set. */
  private static final class SetCheck implements Checks.Check {
    private final Set<JsonNode> asked = new HashSet<>();
    private final Set<JsonNode> acknowledged = new HashSet<>();
    private final Map<Integer, Set<JsonNode>> known = new HashMap<>();

    @Override
    public void take(Operation operation, Checks.Findings findings) {
      if (operation.is(Operation.Type.INVOKE, "add")) {
        asked.add(operation.value());
      } else if (operation.is(Operation.Type.FAIL, "add")) {
        asked.remove(operation.value());
      } else if (operation.is(Operation.Type.OK, "add")) {
        acknowledged.add(operation.value());
        known(operation).add(operation.value());
      } else if (operation.is(Operation.Type.OK, "read")) {
        read(operation, findings);
      }
    }

    private Set<JsonNode> known(Operation operation) {
      return known.computeIfAbsent(operation.process(), process -> new HashSet<>());
    }

    private void read(Operation read, Checks.Findings findings) {
      if (!read.value().isArray()) {
        findings.add(read, "that is no set");
        return;
      }
      Set<JsonNode> elements = new HashSet<>();
      read.value().forEach(elements::add);
      if (elements.size() != read.value().size()) {
        findings.add(read, "an element is there twice");
      }
      demand(read, elements, asked, "nobody added", findings);
      demand(read, known(read), elements, "this session knew, and it lacks,", findings);
      if (read.last()) {
        demand(read, acknowledged, elements, "acknowledged and lost are", findings);
      }
      known(read).addAll(elements);
    }

    private static void demand(
        Operation read,
        Set<JsonNode> some,
        Set<JsonNode> all,
        String why,
        Checks.Findings findings) {
      if (!all.containsAll(some)) {
        Set<JsonNode> missing = new HashSet<>(some);
        missing.removeAll(all);
        findings.add(read, why + " " + missing);
      }
    }

    @Override
    public void end(Checks.Findings findings) {
      // The last reads have been looked at as they came.
    }
  }
}
