package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Counters that go up and down in any region. In the end they show all that was acknowledged, once,
 * and of what is unknown something between nothing and all; before that nothing that nobody asked
 * for.
 */
final class CounterWorkload implements Workload {

  private static final String COLLECTION = "counters";
  private static final int KEYS = 3;
  private static final int MOST = 5;

  @Override
  public String name() {
    return "counter";
  }

  @Override
  public void prepare(ChaosCluster cluster) throws IOException {
    for (int i = 0; i < KEYS; i++) {
      cluster.must(
          cluster.names().getFirst(),
          "PUT",
          "/v1/collections/" + COLLECTION + "/docs/c" + i,
          "{\"n\":{\"$crdt\":\"pn-counter\"}}");
    }
  }

  @Override
  public void step(Client client) {
    String key = "c" + client.random().nextInt(KEYS);
    if (client.random().nextInt(3) == 0) {
      read(client, key, client.anyRegion());
    } else {
      add(client, key, client.anyRegion());
    }
  }

  @Override
  public void readAll(Client client) {
    for (int i = 0; i < KEYS; i++) {
      for (String region : client.cluster().names()) {
        read(client, "c" + i, region);
      }
    }
  }

  private static void read(Client client, String key, String region) {
    client.ask(
        Requests.read(COLLECTION, key, region, Map.of("Meridian-Consistency", "eventual")),
        (self, answer) -> answer.body().path("n"));
  }

  private static void add(Client client, String key, String region) {
    int by = 1 + client.random().nextInt(MOST);
    boolean isUp = client.random().nextInt(3) > 0;
    JsonNode value = JsonNodeFactory.instance.numberNode(isUp ? by : -by);
    String op = isUp ? "increment" : "decrement";
    client.ask(
        Requests.operate(
            COLLECTION,
            key,
            region,
            value,
            "{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"" + op + "\",\"by\":" + by + "}",
            Map.of()),
        (self, answer) -> value);
  }

  @Override
  public List<String> wrong(List<Operation> history) {
    return Checks.byKey(history, CounterCheck::new);
  }

  /** Of one counter. */
  private static final class CounterCheck implements Checks.Check {
    private long acknowledged;
    private long unknownDown;
    private long unknownUp;
    private long askedDown;
    private long askedUp;

    @Override
    public void take(Operation operation, Checks.Findings findings) {
      if (operation.f().equals("add")) {
        add(operation);
      } else if (operation.is(Operation.Type.OK, "read")) {
        read(operation, findings);
      }
    }

    private void add(Operation add) {
      long by = add.value().asLong();
      switch (add.type()) {
        case INVOKE -> {
          askedUp += Math.max(by, 0);
          askedDown += Math.min(by, 0);
        }
        case OK -> acknowledged += by;
        case FAIL -> {
          askedUp -= Math.max(by, 0);
          askedDown -= Math.min(by, 0);
        }
        case INFO -> {
          unknownUp += Math.max(by, 0);
          unknownDown += Math.min(by, 0);
        }
      }
    }

    private void read(Operation read, Checks.Findings findings) {
      if (!read.value().isIntegralNumber()) {
        findings.add(read, "that is no count");
        return;
      }
      long n = read.value().asLong();
      long least = read.last() ? acknowledged + unknownDown : askedDown;
      long most = read.last() ? acknowledged + unknownUp : askedUp;
      if (n < least || n > most) {
        findings.add(read, "it has to be between " + least + " and " + most);
      }
    }

    @Override
    public void end(Checks.Findings findings) {
      // The last reads have been looked at as they came.
    }
  }
}
