package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Banks of one document each, that are written in one region, each only if nobody wrote it since it
 * was read, and read in all. The sum never changes, no transfer is lost or overwritten, each
 * follows the one before, and no region goes back.
 */
final class BankWorkload implements Workload {

  private static final String COLLECTION = "banks";
  private static final int ACCOUNTS = 5;
  private static final int EACH = 100;
  private static final int MOST = 10;

  @Override
  public String name() {
    return "bank";
  }

  private static String key(String home) {
    return "bank-" + home;
  }

  @Override
  public void prepare(ChaosCluster cluster) throws IOException {
    ObjectNode bank = Client.JSON.createObjectNode().put("transfers", 0);
    ObjectNode accounts = bank.putObject("accounts");
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.put("a" + i, EACH);
    }
    for (String home : cluster.names()) {
      String path = "/v1/collections/" + COLLECTION + "/docs/" + key(home);
      cluster.must(home, "PUT", path, bank.toString());
    }
  }

  @Override
  public void step(Client client) {
    String home = client.anyRegion();
    if (client.random().nextBoolean()) {
      read(client, home, client.anyRegion(), new AtomicReference<>());
    } else {
      transfer(client, home);
    }
  }

  @Override
  public void readAll(Client client) {
    for (String home : client.cluster().names()) {
      for (String region : client.cluster().names()) {
        read(client, home, region, new AtomicReference<>());
      }
    }
  }

  private static boolean read(
      Client client, String home, String region, AtomicReference<Client.Answer> got) {
    return client.ask(
        Requests.read(COLLECTION, key(home), region, Map.of("Meridian-Consistency", "eventual")),
        (self, answer) -> {
          got.set(answer);
          return answer.body();
        });
  }

  private static void transfer(Client client, String home) {
    AtomicReference<Client.Answer> got = new AtomicReference<>();
    if (!read(client, home, home, got) || got.get().status() != 200) {
      return;
    }
    ObjectNode bank = got.get().body().deepCopy();
    bank.put("transfers", bank.path("transfers").asInt() + 1);
    bank.put("last", client.random().nextLong()); // no two transfers make the same of a bank
    ObjectNode accounts = (ObjectNode) bank.path("accounts");
    String from = "a" + client.random().nextInt(ACCOUNTS);
    String to = "a" + client.random().nextInt(ACCOUNTS);
    int amount = Math.min(accounts.path(from).asInt(), client.random().nextInt(MOST + 1));
    accounts.put(from, accounts.path(from).asInt() - amount);
    accounts.put(to, accounts.path(to).asInt() + amount);
    client.ask(
        Requests.put(
            "transfer",
            COLLECTION,
            key(home),
            home,
            bank,
            bank.toString(),
            Map.of("If-Match", got.get().header("ETag"))),
        (self, answer) -> bank);
  }

  @Override
  public List<String> wrong(List<Operation> history) {
    return Checks.byKey(history, BankCheck::new);
  }

  /** Of one bank. */
  private static final class BankCheck implements Checks.Check {
    private final Map<Integer, JsonNode> states = new HashMap<>();
    private final Map<String, Integer> shown = new HashMap<>();
    private final Map<Integer, Integer> shownBefore = new HashMap<>();
    private int newest;

    @Override
    public void take(Operation operation, Checks.Findings findings) {
      if (operation.is(Operation.Type.OK, "transfer")) {
        isState(operation, findings);
        newest = Math.max(newest, transfers(operation));
        shown.merge(operation.region(), transfers(operation), Math::max);
      } else if (operation.is(Operation.Type.INVOKE, "read")) {
        shownBefore.put(operation.process(), shown.getOrDefault(operation.region(), 0));
      } else if (operation.is(Operation.Type.OK, "read")) {
        read(operation, findings);
      }
    }

    private static int transfers(Operation operation) {
      return operation.value().path("transfers").asInt();
    }

    /** After so many transfers there is one state, whoever tells of it. */
    private void isState(Operation operation, Checks.Findings findings) {
      JsonNode other = states.putIfAbsent(transfers(operation), operation.value());
      if (other != null && !other.equals(operation.value())) {
        findings.add(operation, "after as many transfers there was " + other);
      }
    }

    private void read(Operation read, Checks.Findings findings) {
      if (read.value().path("accounts").isMissingNode()) {
        if (read.last() || shownBefore.get(read.process()) > 0) {
          findings.add(read, "the bank is gone");
        }
        return;
      }
      int sum = 0;
      for (JsonNode account : read.value().path("accounts")) {
        sum += account.asInt();
        if (account.asInt() < 0) {
          findings.add(read, "an account has less than nothing");
        }
      }
      if (sum != ACCOUNTS * EACH) {
        findings.add(read, "the sum is " + sum);
      }
      isState(read, findings);
      int before = shownBefore.get(read.process());
      if (transfers(read) < before) {
        findings.add(read, "the region showed " + before + " transfers before");
      }
      if (read.last() && transfers(read) < newest) {
        findings.add(read, newest + " transfers were acknowledged");
      }
      shown.merge(read.region(), transfers(read), Math::max);
    }

    @Override
    public void end(Checks.Findings findings) {
      // The last reads have been looked at as they came.
    }
  }
}
