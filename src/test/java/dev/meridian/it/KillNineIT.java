package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise: what was acknowledged is there after kill -9. Writers work, the process is killed at
 * random, started again, and everything ever acknowledged is compared. Memtable and segments are
 * small, so that kills hit checkpoints, merges and segment changes too.
 */
class KillNineIT {

  private static final int ROUNDS = Integer.getInteger("meridian.kill.rounds", 6);
  private static final int WRITERS = 6;
  private static final int KEYS = 400;

  @TempDir Path directory;

  /** What a document may be: as last acknowledged, or as one write left open would make it. */
  private static final class Expected {
    private String acknowledged = "absent";
    private final List<String> open = new ArrayList<>();

    boolean allows(String found) {
      return found.equals(acknowledged) || open.contains(found);
    }
  }

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("KillNineIT seed=" + seed + " rounds=" + ROUNDS);
    Random random = new Random(seed);
    List<Map<String, Expected>> models = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      models.add(new TreeMap<>());
    }
    try (RegionProcess region =
        new RegionProcess(directory, RegionProcess.freePort())
            .with("MERIDIAN_REGION", "eu")
            .with("MERIDIAN_DATA_DIR", directory.resolve("eu").toString())
            .with("MERIDIAN_MEMTABLE_BYTES", "131072")
            .with("MERIDIAN_LOG_SEGMENT_BYTES", "1048576")) {
      region.start();
      long acknowledged = 0;
      for (int round = 1; round <= ROUNDS; round++) {
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          writers.add(new Writer(region, i, models.get(i), random.nextLong()));
        }
        List<Thread> threads = writers.stream().map(Thread::new).toList();
        threads.forEach(Thread::start);
        LockSupport.parkNanos((200 + random.nextInt(1200)) * 1_000_000L);
        region.kill9();
        for (Thread thread : threads) {
          thread.join();
        }
        acknowledged += writers.stream().mapToLong(writer -> writer.acknowledged).sum();
        region.start();
        for (int i = 0; i < WRITERS; i++) {
          compare(region, "w" + i, models.get(i), "seed " + seed + " round " + round);
        }
      }
      System.out.println(
          "KillNineIT rounds=" + ROUNDS + " acknowledged=" + acknowledged + " lost=0");
      assertTrue(acknowledged > 0, "nothing was written");
    }
  }

  private static void compare(
      RegionProcess region, String collection, Map<String, Expected> model, String where)
      throws IOException {
    Map<String, String> found = new TreeMap<>();
    String cursor = "";
    do {
      String path = "/v1/collections/" + collection + "/docs?limit=1000" + cursor;
      HttpResponse<String> answer = region.get(path);
      if (answer.statusCode() == 404) {
        break; // nothing was ever acknowledged here
      }
      JsonNode page = ThreeRegions.JSON.readTree(answer.body());
      for (JsonNode document : page.path("docs")) {
        found.put(document.path("id").asText(), document.path("doc").toString());
      }
      cursor = page.has("cursor") ? "&cursor=" + page.path("cursor").asText() : "";
    } while (!cursor.isEmpty());
    for (Map.Entry<String, Expected> entry : model.entrySet()) {
      String now = found.getOrDefault(entry.getKey(), "absent");
      Expected expected = entry.getValue();
      assertTrue(
          expected.allows(now),
          () ->
              where
                  + ": "
                  + collection
                  + "/"
                  + entry.getKey()
                  + " is "
                  + now
                  + ", acknowledged was "
                  + expected.acknowledged);
      expected.acknowledged = now; // what was open is decided now
      expected.open.clear();
    }
    found.keySet().forEach(id -> assertTrue(model.containsKey(id), where + ": unknown " + id));
    if (!found.isEmpty()) {
      JsonNode info =
          ThreeRegions.JSON.readTree(region.get("/v1/collections/" + collection).body());
      assertEquals(
          found.size(), info.path("count").asInt(), where + ": the count of " + collection);
    }
  }

  /** One client with keys of its own: puts, deletes and bulk requests until the region is gone. */
  private static final class Writer implements Runnable {
    private final RegionProcess region;
    private final String collection;
    private final Map<String, Expected> model;
    private final Random random;
    private long acknowledged;
    private int next;

    Writer(RegionProcess region, int number, Map<String, Expected> model, long seed) {
      this.region = region;
      this.collection = "w" + number;
      this.model = model;
      this.random = new Random(seed);
    }

    @Override
    public void run() {
      try {
        while (true) {
          switch (random.nextInt(10)) {
            case 0 -> delete("k" + random.nextInt(KEYS));
            case 1 -> bulk();
            default -> put("k" + random.nextInt(KEYS));
          }
        }
      } catch (IOException killed) {
        // the end of the round
      }
    }

    private String body() {
      return "{\"n\":"
          + next++
          + ",\"pad\":\""
          + "x".repeat(random.nextInt(20) == 0 ? 20_000 : random.nextInt(400))
          + "\"}";
    }

    private Expected expect(String id, String value) {
      Expected expected = model.computeIfAbsent(id, unused -> new Expected());
      expected.open.add(value);
      return expected;
    }

    private void decide(Expected expected, String value, int status) {
      if (status >= 200 && status < 300) {
        expected.acknowledged = value;
        expected.open.clear();
        acknowledged++;
      } else if (status >= 400 && status < 500) {
        expected.open.remove(value); // refused: it did not happen
      }
    }

    private void put(String id) throws IOException {
      String body = body();
      Expected expected = expect(id, body);
      decide(expected, body, region.put(RegionProcess.doc(collection, id), body).statusCode());
    }

    private void delete(String id) throws IOException {
      Expected expected = expect(id, "absent");
      decide(
          expected,
          "absent",
          region.send("DELETE", RegionProcess.doc(collection, id), "").statusCode());
    }

    private void bulk() throws IOException {
      int count = 1 + random.nextInt(60);
      StringBuilder lines = new StringBuilder();
      List<Expected> expected = new ArrayList<>();
      List<String> values = new ArrayList<>();
      int first = random.nextInt(KEYS);
      for (int i = 0; i < count; i++) {
        String id = "k" + (first + i) % KEYS;
        String body = body();
        values.add(body);
        expected.add(expect(id, body));
        lines.append("{\"op\":\"put\",\"id\":\"" + id + "\",\"doc\":" + body + "}\n");
      }
      HttpResponse<String> answer =
          region.send("POST", "/v1/collections/" + collection + "/bulk", lines.toString());
      String[] statuses = answer.body().split("\n");
      assertEquals(count, statuses.length, answer.body());
      for (int i = 0; i < count; i++) {
        int status = ThreeRegions.JSON.readTree(statuses[i]).path("status").asInt();
        decide(expected.get(i), values.get(i), status);
      }
    }
  }
}
