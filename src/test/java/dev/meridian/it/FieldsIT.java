package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CRDT fields between three real processes that are cut off from each other, and killed. */
class FieldsIT {

  private static final List<String> ALL = ThreeRegions.NAMES;
  private static final String CRDT = "application/vnd.meridian.crdt+json";
  private static final int ROUNDS = Integer.getInteger("meridian.kill.rounds", 3);

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static String count(int by) {
    return "{\"path\":\"/views\",\"type\":\"pn-counter\",\"op\":\""
        + (by < 0 ? "decrement" : "increment")
        + "\",\"by\":"
        + Math.abs(by)
        + "}";
  }

  private static String tag(String op, String value) {
    return "{\"path\":\"/tags\",\"type\":\"or-set\",\"op\":\""
        + op
        + "\",\"value\":\""
        + value
        + "\"}";
  }

  private static String type(int at, String text) {
    return "{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"insert\",\"at\":"
        + at
        + ",\"value\":\""
        + text
        + "\"}";
  }

  private static String delete(int at, int count) {
    return "{\"path\":\"/text\",\"type\":\"rga\",\"op\":\"delete\",\"at\":"
        + at
        + ",\"count\":"
        + count
        + "}";
  }

  /** Operations that must work, all in one change. */
  private static HttpResponse<String> operate(String region, String path, String... operations)
      throws IOException {
    HttpResponse<String> done =
        cluster.region(region).patch(path, CRDT, "[" + String.join(",", operations) + "]");
    assertEquals(200, done.statusCode(), done.body());
    return done;
  }

  private static JsonNode read(String region, String path) throws IOException {
    return ThreeRegions.JSON.readTree(cluster.region(region).get(path).body());
  }

  /** What a client can see: values, ETag, and what the fields are made of. */
  private static String seen(String region, String path) throws IOException {
    HttpResponse<String> values = cluster.region(region).get(path);
    HttpResponse<String> states = cluster.region(region).get(path + "?crdt=state");
    assertEquals(etag(values), etag(states));
    return values.statusCode() + etag(values) + values.body() + states.body();
  }

  private static String etag(HttpResponse<String> answer) {
    return answer.headers().firstValue("ETag").orElse("");
  }

  private static void assertSame(String path) throws IOException {
    for (String region : ALL) {
      assertEquals(seen("eu", path), seen(region, path), region);
    }
  }

  private static List<String> tags(String region, String path) throws IOException {
    List<String> tags = new ArrayList<>();
    read(region, path).path("tags").forEach(each -> tags.add(each.asText()));
    return tags;
  }

  /** The one region hears nothing of the two others, which go on together. */
  private static void cutOff(String region) throws IOException {
    for (String other : ALL) {
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

  @ParameterizedTest
  @ValueSource(strings = {"lww", "siblings", "merge"})
  void whatIsDoneApartIsAllThereAfterwards(String policy) throws IOException {
    String collection = "apart-" + policy;
    cluster.put(
        "eu", "/v1/collections/" + collection, "{\"conflict\":{\"policy\":\"" + policy + "\"}}");
    cluster.awaitEqualVectors();
    String path = RegionProcess.doc(collection, "d");
    cluster.put("ap", path, "{\"title\":\"x\"}");
    operate("ap", path, count(10), tag("add", "old"), tag("add", "gone"), type(0, "[]"));
    cluster.awaitEqualVectors();
    cutOff("eu");
    operate("eu", path, count(5), count(-8), tag("remove", "old"), tag("remove", "gone"));
    operate("us", path, count(7), tag("add", "old"), tag("add", "new"));
    operate("ap", path, count(-20));
    String forwards = "europe types";
    String backwards = "AMERICA TOO";
    for (int i = 0; i < forwards.length(); i++) {
      operate("eu", path, type(1 + i, forwards.substring(i, i + 1)));
    }
    for (int i = backwards.length(); i > 0; i--) {
      operate("us", path, type(1, backwards.substring(i - 1, i)));
    }
    assertEquals(7, read("eu", path).path("views").asInt(), "cut off");
    assertNotEquals(seen("eu", path), seen("us", path));
    healed();
    assertSame(path);
    JsonNode document = read("ap", path);
    assertEquals(10 + 5 - 8 + 7 - 20, document.path("views").asInt());
    assertEquals(Set.of("old", "new"), Set.copyOf(tags("us", path)), "adding wins");
    String text = document.path("text").asText();
    assertTrue(
        text.equals("[" + forwards + backwards + "]")
            || text.equals("[" + backwards + forwards + "]"),
        text);
    assertEquals("x", document.path("title").asText());
    String conflicts = cluster.region("us").get("/v1/conflicts?collection=" + collection).body();
    assertEquals(0, ThreeRegions.JSON.readTree(conflicts).path("conflicts").size(), conflicts);
  }

  @Test
  void aBodyKeepsTheFieldsWhosePlaceItLeaves() throws IOException {
    String path = RegionProcess.doc("bodies", "d");
    cluster.put("eu", path, "{\"views\":{\"$crdt\":\"pn-counter\"}}");
    operate("eu", path, count(3), tag("add", "a"), type(0, "Hi"));
    cluster.awaitEqualVectors();
    // With its place, which another region counts meanwhile, and without the two others.
    cutOff("eu");
    cluster.put("us", path, "{\"n\":1,\"views\":{\"$crdt\":\"pn-counter\"}}");
    operate("eu", path, count(4));
    healed();
    assertSame(path);
    assertEquals("{\"n\":1,\"views\":7}", cluster.region("ap").get(path).body());
    // As it was read, with what its fields are made of.
    String state = cluster.region("ap").get(path + "?crdt=state").body();
    cluster.put("ap", path, state);
    cluster.awaitEqualVectors();
    assertEquals("{\"n\":1,\"views\":7}", cluster.region("eu").get(path).body());
    // As a plain value: the field is no more, and does not come back.
    cluster.put("us", path, "{\"n\":2,\"views\":7}");
    cluster.awaitEqualVectors();
    assertSame(path);
    assertEquals(
        422, cluster.region("ap").patch(path, CRDT, "[" + count(1) + "]").statusCode(), "plain");
    cluster.put("ap", path, "{\"views\":{\"$crdt\":\"pn-counter\"}}");
    cluster.awaitEqualVectors();
    assertSame(path);
    assertEquals("{\"views\":0}", cluster.region("eu").get(path).body(), "a new one");
  }

  @Test
  void whoRemovesAFieldDoesNotRemoveWhatItHasNotSeen() throws IOException {
    String path = RegionProcess.doc("unseen", "d");
    cluster.put("eu", path, "{}");
    operate("eu", path, count(1));
    cluster.awaitEqualVectors();
    cutOff("eu");
    operate("eu", path, count(2));
    cluster.put("us", path, "{\"by\":\"us\"}");
    assertFalse(read("us", path).has("views"));
    healed();
    assertSame(path);
    assertEquals("{\"by\":\"us\",\"views\":3}", cluster.region("ap").get(path).body());
    cluster.put("us", path, "{\"by\":\"us\"}");
    cluster.awaitEqualVectors();
    assertSame(path);
    assertEquals("{\"by\":\"us\"}", cluster.region("eu").get(path).body());
  }

  /** One client that counts, and adds a value of its own in the same change, until it fails. */
  private static final class Counter implements Runnable {
    private final String region;
    private final String path;
    private final String name;
    private final Queue<String> acknowledged;
    private final AtomicInteger stop;

    Counter(
        String region, String path, String name, Queue<String> acknowledged, AtomicInteger stop) {
      this.region = region;
      this.path = path;
      this.name = name;
      this.acknowledged = acknowledged;
      this.stop = stop;
    }

    @Override
    public void run() {
      try {
        for (int i = 0; stop.get() == 0; i++) {
          String value = name + "-" + i;
          operate(region, path, count(1), tag("add", value), type(0, "."));
          acknowledged.add(value);
        }
      } catch (IOException killed) {
        // the end of the round; what was under way may have happened
      }
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterKillNineAndEverywhere() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("FieldsIT seed=" + seed + " rounds=" + ROUNDS);
    Random random = new Random(seed);
    String path = RegionProcess.doc("killed", "d");
    cluster.put("ap", path, "{}");
    cluster.awaitEqualVectors();
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    int clients = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String victim = ALL.get(random.nextInt(2));
      String other = victim.equals("eu") ? "us" : "eu";
      AtomicInteger stop = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String region = i % 2 == 0 ? victim : other;
        String name = String.format(Locale.ROOT, "%s-%d", region, clients++);
        threads.add(new Thread(new Counter(region, path, name, acknowledged, stop)));
      }
      threads.forEach(Thread::start);
      LockSupport.parkNanos((300 + random.nextInt(900)) * 1_000_000L);
      cluster.region(victim).kill9();
      stop.set(1);
      for (Thread thread : threads) {
        thread.join();
      }
      cluster.region(victim).start();
      check(victim, path, acknowledged, victim, clients, "seed " + seed + " round " + round);
      cluster.awaitUp();
      cluster.awaitEqualVectors();
      assertSame(path);
      check("ap", path, acknowledged, "", clients, "seed " + seed + " round " + round);
    }
    System.out.println("FieldsIT acknowledged=" + acknowledged.size() + " lost=0");
    assertTrue(acknowledged.size() > 64, "enough that records of the fields were made");
  }

  /**
   * All that was acknowledged is there, all that is there was asked for, and the parts of one
   * change are there together.
   *
   * @param of only what this region acknowledged counts; empty for all
   */
  private static void check(
      String region,
      String path,
      Queue<String> acknowledged,
      String of,
      int clients,
      String context)
      throws IOException {
    JsonNode document = read(region, path);
    List<String> tags = new ArrayList<>();
    document.path("tags").forEach(each -> tags.add(each.asText()));
    Set<String> lost = new HashSet<>(acknowledged);
    lost.removeIf(value -> !value.startsWith(of) || tags.contains(value));
    assertEquals(Set.of(), lost, context);
    assertEquals(tags.size(), document.path("views").asInt(), context);
    assertEquals(tags.size(), document.path("text").asText().length(), context);
    assertTrue(tags.size() <= acknowledged.size() + clients, context + ": one open each at most");
  }

  @Test
  void aPastReadShowsWhatTheFieldsHeldThenInEveryRegion() throws IOException {
    String path = RegionProcess.doc("past", "d");
    cluster.put("eu", path, "{}");
    String version = etag(operate("eu", path, count(1))).replace("\"", "");
    for (int i = 0; i < 90; i++) { // more than to a record, fewer than the versions kept
      operate(ALL.get(i % 2), path, count(1));
    }
    cluster.awaitEqualVectors();
    for (String region : ALL) {
      assertEquals(
          "{\"views\":1}", cluster.region(region).get(path + "/versions/" + version).body());
      assertEquals("{\"views\":91}", cluster.region(region).get(path).body());
    }
    cluster.region("us").kill9();
    cluster.region("us").start();
    cluster.awaitUp();
    Await.until(
        "us answers as before",
        Duration.ofSeconds(20),
        () -> seen("us", path).equals(seen("ap", path)));
    assertEquals(
        Map.of("views", 1),
        ThreeRegions.JSON.readValue(
            cluster.region("us").get(path + "/versions/" + version).body(), Map.class));
  }

  @Test
  void whatIsDeletedIsCollectedInEveryRegionAndMissedByNone() throws IOException {
    String path = RegionProcess.doc("collected", "d");
    cluster.put("eu", path, "{}");
    operate("eu", path, type(0, "start"));
    cluster.awaitEqualVectors();
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("FieldsIT collected seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 240; i++) {
      String region = ALL.get(random.nextInt(ALL.size()));
      int length = read(region, path).path("text").asText().length();
      int count = Math.min(length, 3);
      String operation =
          length > 12
              ? delete(random.nextInt(length - count + 1), count)
              : type(random.nextInt(length + 1), "word");
      HttpResponse<String> answer = cluster.region(region).patch(path, CRDT, "[" + operation + "]");
      // Somebody else's deletion may arrive between looking and doing.
      assertTrue(List.of(200, 422).contains(answer.statusCode()), answer.body());
      if (i % 60 == 59) {
        cluster.awaitEqualVectors();
      }
    }
    cluster.awaitEqualVectors();
    assertSame(path);
    cluster.region("ap").kill9();
    cluster.region("ap").start();
    cluster.awaitUp();
    assertSame(path);
  }

  @Test
  void whoEndsAConflictTakesFieldsFromEitherVersion() throws IOException {
    cluster.put("eu", "/v1/collections/picked", "{\"conflict\":{\"policy\":\"siblings\"}}");
    cluster.awaitEqualVectors();
    String path = RegionProcess.doc("picked", "d");
    cluster.put("eu", path, "{}");
    operate("eu", path, count(5), tag("add", "old"), type(0, "text"));
    cluster.awaitEqualVectors();
    cutOff("eu");
    cluster.put("eu", path, "{\"by\":\"eu\",\"views\":{\"$crdt\":\"pn-counter\"}}");
    cluster.put("us", path, "{\"by\":\"us\",\"tags\":{\"$crdt\":\"or-set\"}}");
    operate("us", path, tag("add", "us"));
    healed();
    assertSame(path);
    JsonNode conflict =
        read("ap", "/v1/conflicts?collection=picked&state=open").path("conflicts").path(0);
    List<String> versions = new ArrayList<>();
    conflict.path("versions").forEach(each -> versions.add(each.path("version").asText()));
    JsonNode beside = read("ap", path + "/conflicts");
    List<String> siblings = new ArrayList<>();
    beside.path("siblings").forEach(each -> siblings.add(each.path("version").asText()));
    assertEquals(versions, siblings, "operations are none");
    assertEquals(versions.getFirst(), beside.path("winner").asText());
    String resolve = "/v1/conflicts/" + conflict.path("key").asText() + "/resolve";
    HttpResponse<String> done =
        cluster
            .region("ap")
            .send("POST", resolve, "{\"fields\":{\"/views\":\"" + versions.getLast() + "\"}}");
    assertEquals(200, done.statusCode(), done.body());
    cluster.awaitEqualVectors();
    assertSame(path);
    assertEquals(
        "{\"by\":\"us\",\"tags\":[\"old\",\"us\"],\"views\":5}",
        cluster.region("us").get(path).body());
  }
}
