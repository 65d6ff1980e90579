package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CRDT fields between three real processes that are cut off from each other, or die. */
class FieldsIT {

  private static final String CRDT = "application/vnd.meridian.crdt+json";

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static String increment(int by) {
    return "[{\"path\":\"/n\",\"type\":\"pn-counter\",\"op\":\"increment\",\"by\":" + by + "}]";
  }

  private static String set(String op, String value) {
    return "[{\"path\":\"/tags\",\"type\":\"or-set\",\"op\":\""
        + op
        + "\",\"value\":\""
        + value
        + "\"}]";
  }

  private static String insert(int at, String text) {
    return "[{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"insert\",\"at\":"
        + at
        + ",\"value\":\""
        + text
        + "\"}]";
  }

  private static String delete(int at, int count) {
    return "[{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"delete\",\"at\":"
        + at
        + ",\"count\":"
        + count
        + "}]";
  }

  private static void operate(String region, String path, String operations) throws IOException {
    HttpResponse<String> answer = cluster.region(region).patch(path, CRDT, operations);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static void cutOff(String region) throws IOException {
    for (String other : ThreeRegions.NAMES) {
      if (!other.equals(region)) {
        cluster.fault(other, region, "{\"drop\":true}");
      }
    }
  }

  private static void healed() throws IOException {
    cluster.heal();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
  }

  /** The document as all regions show it. */
  private static JsonNode same(String path) throws IOException {
    HttpResponse<String> expected = cluster.region("eu").get(path);
    for (String region : ThreeRegions.NAMES) {
      HttpResponse<String> answer = cluster.region(region).get(path);
      assertEquals(expected.body(), answer.body(), region);
      assertEquals(
          expected.headers().firstValue("ETag"), answer.headers().firstValue("ETag"), region);
    }
    return ThreeRegions.JSON.readTree(expected.body());
  }

  @Test
  void whatRegionsDidApartIsAllThereAndTheSameEverywhere() throws IOException {
    String path = RegionProcess.doc("fields", "a");
    cluster.put("eu", path, "{\"title\":\"x\"}");
    operate("eu", path, increment(10));
    operate("eu", path, set("add", "red"));
    operate("eu", path, insert(0, "Hello!"));
    cluster.awaitEqualVectors();
    cutOff("us");
    operate("eu", path, increment(1));
    operate("us", path, increment(5));
    operate("ap", path, increment(100));
    operate("eu", path, set("remove", "red"));
    operate("us", path, set("add", "red"));
    String[] eu = {"E", "U", " "};
    String[] us = {"U", "S", " "};
    for (int i = 0; i < eu.length; i++) {
      operate("eu", path, insert(5 + i, eu[i]));
      operate("us", path, insert(5 + i, us[i]));
    }
    healed();
    JsonNode document = same(path);
    assertEquals(116, document.path("n").asInt());
    assertEquals("[\"red\"]", document.path("tags").toString(), "adding wins");
    String text = document.path("text").asText();
    assertTrue(List.of("HelloEU US !", "HelloUS EU !").contains(text), text);

    // A body that leaves the place keeps the state; one that has something else there replaces it.
    cluster.put("ap", path, "{\"n\":{\"$crdt\":\"pn-counter\"},\"text\":\"plain\"}");
    cluster.awaitEqualVectors();
    assertEquals("{\"n\":116,\"text\":\"plain\"}", same(path).toString());
  }

  @Test
  void noAcknowledgedOperationIsLostWhenARegionIsKilled() throws Exception {
    String path = RegionProcess.doc("fields", "killed");
    cluster.put("us", path, "{}");
    cluster.awaitEqualVectors();
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger sent = new AtomicInteger();
    for (int round = 0; round < 2; round++) {
      try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
        int enough = acknowledged.get() + 150;
        List<Future<?>> running =
            List.of(
                clients.submit(() -> count(path, sent, acknowledged)),
                clients.submit(() -> count(path, sent, acknowledged)),
                clients.submit(() -> count(path, sent, acknowledged)));
        Await.until(
            "many were acknowledged",
            java.time.Duration.ofSeconds(30),
            () -> acknowledged.get() >= enough);
        cluster.region("us").kill9();
        for (Future<?> client : running) {
          client.get();
        }
      }
      cluster.region("us").start();
      cluster.awaitUp();
    }
    cluster.awaitEqualVectors();
    int counted = same(path).path("n").asInt();
    assertTrue(counted >= acknowledged.get(), counted + " of " + acknowledged);
    assertTrue(counted <= sent.get(), counted + " of " + sent);
  }

  /** Until the region is gone. */
  private static void count(String path, AtomicInteger sent, AtomicInteger acknowledged) {
    try {
      while (true) {
        sent.incrementAndGet();
        if (cluster.region("us").patch(path, CRDT, increment(1)).statusCode() != 200) {
          return;
        }
        acknowledged.incrementAndGet();
      }
    } catch (IOException gone) {
      // It was killed.
    }
  }

  @Test
  void whatIsDeletedIsCollectedInEveryRegionAndMissedByNone() throws IOException {
    String path = RegionProcess.doc("fields", "written-over");
    cluster.put("eu", path, "{}");
    operate("eu", path, insert(0, "start"));
    cluster.awaitEqualVectors();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 240; i++) {
      String region = ThreeRegions.NAMES.get(random.nextInt(ThreeRegions.NAMES.size()));
      JsonNode now =
          ThreeRegions.JSON.readTree(cluster.region(region).get(path).body()).path("text");
      int length = now.asText().length();
      int count = Math.min(length, 3);
      String operations =
          length > 12
              ? delete(random.nextInt(length - count + 1), count)
              : insert(random.nextInt(length + 1), "word");
      HttpResponse<String> answer = cluster.region(region).patch(path, CRDT, operations);
      // Somebody else's deletion may arrive between looking and doing.
      assertTrue(List.of(200, 422).contains(answer.statusCode()), answer.body());
      if (i % 60 == 59) {
        cluster.awaitEqualVectors();
      }
    }
    cluster.awaitEqualVectors();
    assertTrue(same(path).path("text").asText().length() <= 40, "seed " + seed);
    cluster.region("ap").kill9();
    cluster.region("ap").start();
    cluster.awaitUp();
    same(path);
  }
}
