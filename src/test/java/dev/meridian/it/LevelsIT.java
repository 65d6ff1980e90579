package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.simulation.HistoryChecker;
import dev.meridian.simulation.HistoryChecker.Op;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each request was promised, between three real processes whose links are disturbed. */
class LevelsIT {

  private static final List<String> ALL = ThreeRegions.NAMES;
  private static final Map<String, String> QUORUM_WRITE = Map.of("Meridian-Durability", "quorum");
  private static final Map<String, String> QUORUM_READ = Map.of("Meridian-Consistency", "quorum");

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static HttpResponse<String> put(
      String region, String path, String body, Map<String, String> headers) throws IOException {
    return cluster.region(region).send("PUT", path, body, headers);
  }

  private static HttpResponse<String> get(String region, String path, Map<String, String> headers)
      throws IOException {
    return cluster.region(region).send("GET", path, "", headers);
  }

  static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static void assertReceipt(HttpResponse<String> answer, String... parts) {
    String receipt = header(answer, "Meridian-Receipt");
    for (String part : parts) {
      assertTrue(receipt.contains(part), receipt + " has no " + part + "; " + answer.body());
    }
  }

  private static String code(HttpResponse<String> answer) throws IOException {
    return ThreeRegions.JSON.readTree(answer.body()).path("code").asText();
  }

  @Test
  void eachDurabilityIsConfirmedByAsManyRegionsAsItSays() throws IOException {
    Map<String, Integer> need =
        Map.of("local", 1, "remote-write", 2, "remote-apply", 2, "quorum", 2, "all", 3);
    for (Map.Entry<String, Integer> each : need.entrySet()) {
      String level = each.getKey();
      HttpResponse<String> answer =
          put(
              "eu",
              RegionProcess.doc("durable", level),
              "{}",
              Map.of("Meridian-Durability", level));
      assertEquals(201, answer.statusCode(), answer.body());
      assertReceipt(
          answer, "asked=" + level + ", got=" + level, "need=" + each.getValue(), "why=\"");
      assertEquals(
          Integer.toString(5 << (each.getValue() - 1)), header(answer, "Meridian-Request-Charge"));
    }
    // What all regions have forced is read in any of them, without a session.
    for (String region : ALL) {
      assertEquals(
          200,
          get(
                  region,
                  RegionProcess.doc("durable", "all"),
                  Map.of("Meridian-Consistency", "eventual"))
              .statusCode());
    }
  }

  @Test
  void bulkAndSettingsWaitForTheirDurabilityToo() throws IOException {
    HttpResponse<String> settings =
        put("us", "/v1/collections/bulky", "{}", Map.of("Meridian-Durability", "all"));
    assertEquals(201, settings.statusCode(), settings.body());
    assertReceipt(settings, "got=all", "acks=3");
    assertEquals(200, cluster.region("ap").status("GET", "/v1/collections/bulky"));
    HttpResponse<String> bulk =
        cluster
            .region("us")
            .send(
                "POST",
                "/v1/collections/bulky/bulk",
                "{\"op\":\"put\",\"id\":\"a\",\"doc\":{}}\n{\"op\":\"put\",\"id\":\"b\",\"doc\":{}}\n",
                Map.of("Meridian-Durability", "all"));
    assertTrue(bulk.body().contains("\"status\":201"), bulk.body());
    for (String region : ALL) {
      assertEquals(
          200,
          get(region, RegionProcess.doc("bulky", "b"), Map.of("Meridian-Consistency", "eventual"))
              .statusCode());
    }
    for (String peer : List.of("eu", "ap")) {
      cluster.fault("us", peer, "{\"drop\":true,\"direction\":\"out\"}");
    }
    HttpResponse<String> lost =
        cluster
            .region("us")
            .send(
                "POST",
                "/v1/collections/bulky/bulk",
                "{\"op\":\"put\",\"id\":\"c\",\"doc\":{}}\n{\"op\":\"get\",\"id\":\"c\"}\n",
                Map.of("Meridian-Durability", "all", "Meridian-Timeout", "300"));
    String[] lines = lost.body().split("\n");
    assertTrue(
        lines[0].contains("\"status\":504,\"code\":\"outcome-unknown\"")
            && lines[0].contains("\"version\":\""),
        lost.body());
    assertTrue(lines[1].contains("\"status\":200"), lost.body());
  }

  @Test
  void aQuorumLostIsAnUnknownOutcomeThenARefusalOrLessIfAllowed() throws IOException {
    for (String peer : List.of("us", "ap")) {
      cluster.fault("eu", peer, "{\"drop\":true,\"direction\":\"out\"}");
    }
    String path = RegionProcess.doc("lost", "a");
    Map<String, String> soon = new HashMap<>(QUORUM_WRITE);
    soon.put("Meridian-Timeout", "400");
    // The others are heard of, so that they are known to be up; but nothing gets there.
    HttpResponse<String> unknown = put("eu", path, "{\"n\":1}", soon);
    assertEquals(504, unknown.statusCode(), unknown.body());
    assertEquals("outcome-unknown", code(unknown));
    assertReceipt(unknown, "asked=quorum, got=local", "acks=1, need=2");
    String version = header(unknown, "Meridian-Version");
    assertEquals("\"" + version + "\"", header(unknown, "ETag"));
    HttpResponse<String> there =
        get("eu", path, Map.of("Meridian-Session", header(unknown, "Meridian-Session")));
    assertEquals(200, there.statusCode());
    assertEquals(version, header(there, "Meridian-Version"));

    soon.put("Meridian-On-Miss", "degrade");
    HttpResponse<String> less = put("eu", path, "{\"n\":2}", soon);
    assertEquals(200, less.statusCode(), less.body());
    assertReceipt(less, "asked=quorum, got=local", "acks=1, need=2");

    for (String peer : List.of("us", "ap")) {
      cluster.fault("eu", peer, "{\"drop\":true}");
    }
    Await.until(
        "too few regions are known to be up",
        Duration.ofSeconds(20),
        () -> put("eu", path, "{\"n\":3}", soonest()).statusCode() == 503);
    HttpResponse<String> refused = put("eu", path, "{\"n\":4}", soonest());
    assertEquals("durability-unavailable", code(refused));
    assertTrue(!header(refused, "Retry-After").isEmpty());
    HttpResponse<String> now = get("eu", path, Map.of());
    assertTrue(!now.body().contains("4"), "refused before writing: " + now.body());
    HttpResponse<String> alone =
        put(
            "eu",
            path,
            "{\"n\":5}",
            Map.of("Meridian-Durability", "all", "Meridian-On-Miss", "degrade"));
    assertEquals(200, alone.statusCode());
    assertReceipt(alone, "asked=all, got=local", "known to be up");

    HttpResponse<String> read =
        get("eu", path, Map.of("Meridian-Consistency", "quorum", "Meridian-Timeout", "500"));
    assertEquals(503, read.statusCode(), read.body());
    assertEquals("consistency-unavailable", code(read));
    HttpResponse<String> weaker =
        get(
            "eu",
            path,
            Map.of(
                "Meridian-Consistency",
                "quorum",
                "Meridian-Timeout",
                "300",
                "Meridian-On-Miss",
                "degrade"));
    assertEquals(200, weaker.statusCode());
    assertReceipt(weaker, "asked=quorum, got=session", "regions=(eu)");

    cluster.heal();
    cluster.awaitSame(path, ALL);
  }

  private static Map<String, String> soonest() {
    return Map.of("Meridian-Durability", "quorum", "Meridian-Timeout", "50");
  }

  @Test
  void aQuorumReadSeesWhatOneOtherRegionHasAndMendsTheRest() throws IOException {
    String path = RegionProcess.doc("quorum", "a");
    put("eu", path, "{\"n\":0}", Map.of("Meridian-Durability", "all"));
    // ap hears of nobody's changes: they come to it seconds late.
    cluster.fault("ap", "eu", "{\"delayMs\":4000,\"direction\":\"in\"}");
    String session = header(put("eu", path, "{\"n\":1}", QUORUM_WRITE), "Meridian-Session");
    HttpResponse<String> stale = get("ap", path, Map.of("Meridian-Consistency", "eventual"));
    assertEquals(200, stale.statusCode());
    HttpResponse<String> read = get("ap", path, QUORUM_READ);
    assertEquals(200, read.statusCode(), read.body());
    assertEquals("{\"n\":1}", read.body());
    assertReceipt(read, "asked=quorum, got=quorum", "need=2", "regions=(ap us)");
    HttpResponse<String> list = get("ap", "/v1/collections/quorum/docs", QUORUM_READ);
    assertEquals(200, list.statusCode(), list.body());
    assertTrue(list.body().contains("{\"n\":1}"), list.body());
    assertReceipt(list, "got=quorum");
    HttpResponse<String> same = get("ap", path, Map.of("Meridian-Session", session));
    assertEquals("{\"n\":1}", same.body());
    assertEquals(404, get("us", RegionProcess.doc("quorum", "never"), QUORUM_READ).statusCode());
  }

  @Test
  void anotherRegionAnswersWhenThisOneCannotInTime() throws IOException {
    put("eu", RegionProcess.doc("forward", "z"), "{}", Map.of("Meridian-Durability", "all"));
    Map<String, String> answers =
        Map.of(
            RegionProcess.doc("forward", "a"),
            "{\"n\":1}",
            "/v1/collections/forward/docs?prefix=a",
            "{\"n\":1}",
            RegionProcess.doc("forward", "never"),
            "document-not-found");
    for (Map.Entry<String, String> each : answers.entrySet()) {
      // After a second the change comes to ap by a relay: then another attempt is made. Round trips
      // of the attempt before make ap patient, for half of the time at most: less than that second.
      Await.until(
          "us answers " + each.getKey() + " for ap",
          Duration.ofSeconds(60),
          () -> isAnsweredByUs(each.getKey(), each.getValue()));
    }
  }

  private boolean isAnsweredByUs(String path, String expected) throws IOException {
    cluster.fault("ap", "eu", "{\"delayMs\":6000,\"direction\":\"in\"}");
    HttpResponse<String> written =
        put("eu", RegionProcess.doc("forward", "a"), "{\"n\":1}", QUORUM_WRITE);
    Map<String, String> session =
        Map.of("Meridian-Session", header(written, "Meridian-Session"), "Meridian-Timeout", "1200");
    HttpResponse<String> read = get("ap", path, session);
    if (read.statusCode() == 503) { // neither in time
      cluster.heal();
      cluster.awaitEqualVectors();
      return false;
    }
    assertTrue(read.body().contains(expected), read.body());
    assertReceipt(read, "got=session");
    cluster.heal();
    cluster.awaitEqualVectors();
    String receipt = header(read, "Meridian-Receipt");
    return receipt.contains("regions=(us)") && receipt.contains("us answered");
  }

  @Test
  void whatOnlyThisRegionCanReadIsRefusedWithWhatIsMissing() throws IOException {
    String path = RegionProcess.doc("refused", "a");
    put("eu", path, "{}", Map.of());
    String nobody = new SessionToken(VersionVector.of(new ReplicaId("zz"), 3)).text();
    HttpResponse<String> past =
        get(
            "eu",
            path + "/versions",
            Map.of("Meridian-Session", nobody, "Meridian-Timeout", "100"));
    assertEquals(503, past.statusCode());
    JsonNode problem = ThreeRegions.JSON.readTree(past.body());
    assertEquals("consistency-unavailable", problem.path("code").asText());
    assertEquals("zz=3 (here 0)", problem.path("missing").asText());
  }

  @Test
  void aForgedSessionEndsInTimeAndIsNamedWhereTheOriginKnowsBetter() throws IOException {
    String path = RegionProcess.doc("forged", "a");
    put("eu", path, "{}", Map.of("Meridian-Durability", "all"));
    String ahead = new SessionToken(VersionVector.of(new ReplicaId("eu"), 1L << 40)).text();
    String nobody = new SessionToken(VersionVector.of(new ReplicaId("zz"), 1)).text();
    for (String region : ALL) {
      HttpResponse<String> refused = get(region, path, Map.of("Meridian-Session", ahead));
      assertEquals(400, refused.statusCode(), region + refused.body());
      assertEquals("invalid-header", code(refused));
      Map<String, String> none = Map.of("Meridian-Session", nobody, "Meridian-Timeout", "300");
      HttpResponse<String> late = get(region, path, none);
      assertEquals(503, late.statusCode(), late.body());
      assertTrue(late.body().contains("zz=1 (here 0)"), late.body());
      HttpResponse<String> write = put(region, path, "{}", none);
      assertEquals(503, write.statusCode(), write.body());
      HttpResponse<String> anyway =
          put(
              region,
              path,
              "{}",
              Map.of(
                  "Meridian-Session",
                  nobody,
                  "Meridian-Timeout",
                  "0",
                  "Meridian-On-Miss",
                  "degrade"));
      assertEquals(200, anyway.statusCode(), anyway.body());
      assertReceipt(anyway, "got=local", "zz=1");
    }
  }

  /** Confirmed by a majority: the region that took the write may be gone in the next moment. */
  @Test
  void whatAQuorumConfirmedIsReadByAQuorumAfterItsRegionWasKilled() throws Exception {
    AtomicBoolean running = new AtomicBoolean(true);
    Map<String, String> confirmed = new java.util.concurrent.ConcurrentHashMap<>();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int writer = i;
      writers.add(
          new Thread(
              () -> {
                for (int n = 0; running.get(); n++) {
                  String path = RegionProcess.doc("killed", writer + "-" + n);
                  try {
                    HttpResponse<String> answer =
                        put("eu", path, "{\"n\":" + n + "}", QUORUM_WRITE);
                    if (answer.statusCode() == 201) {
                      confirmed.put(path, header(answer, "Meridian-Version"));
                    }
                  } catch (IOException killed) {
                    return;
                  }
                }
              }));
    }
    writers.forEach(Thread::start);
    Await.until("some are confirmed", Duration.ofSeconds(30), () -> confirmed.size() > 200);
    cluster.region("eu").kill9();
    running.set(false);
    for (Thread writer : writers) {
      writer.join();
    }
    for (Map.Entry<String, String> each : confirmed.entrySet()) {
      String region = each.getKey().hashCode() % 2 == 0 ? "us" : "ap";
      HttpResponse<String> read = get(region, each.getKey(), QUORUM_READ);
      assertEquals(200, read.statusCode(), region + " " + each.getKey() + read.body());
      assertEquals(each.getValue(), header(read, "Meridian-Version"));
    }
    HttpResponse<String> two = put("us", RegionProcess.doc("killed", "after"), "{}", QUORUM_WRITE);
    assertEquals(201, two.statusCode(), two.body());
    cluster.region("eu").start();
    System.out.println("LevelsIT confirmed=" + confirmed.size() + " lost=0");
  }

  @Test
  void aJourneyNamesEveryRegion() throws IOException {
    String path = RegionProcess.doc("journey", "a");
    put("eu", path, "{}", Map.of("Meridian-Durability", "all"));
    HttpResponse<String> answer = get("us", path + "/journey", Map.of());
    assertEquals(200, answer.statusCode(), answer.body());
    assertReceipt(answer, "got=session");
    JsonNode version = ThreeRegions.JSON.readTree(answer.body()).path("versions").path(0);
    assertEquals("eu", version.path("origin").asText());
    assertEquals(3, version.path("regions").size(), answer.body());
    for (JsonNode region : version.path("regions")) {
      assertEquals("visible", region.path("state").asText(), answer.body());
      assertTrue(region.path("lagMs").asLong() < 60_000, answer.body());
    }
    cluster.fault("us", "ap", "{\"drop\":true}");
    String cut = get("us", path + "/journey?limit=1", Map.of()).body();
    assertTrue(cut.contains("{\"region\":\"ap\",\"state\":\"unreachable\"}"), cut);
    assertEquals(400, get("us", path + "/journey?limit=101", Map.of()).statusCode());
    assertEquals(
        404, get("us", RegionProcess.doc("journey", "never") + "/journey", Map.of()).statusCode());
  }

  /** The same checker as in simulation, over what clients of the real thing saw. */
  @Test
  void historiesOfClientsThatMoveBetweenDisturbedRegionsAreRight() throws Exception {
    long seed = Long.getLong("meridian.seed", new Random().nextLong());
    System.out.println("LevelsIT seed=" + seed);
    Random random = new Random(seed);
    List<Op> ops = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean running = new AtomicBoolean(true);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      for (String kind :
          List.of(HistoryChecker.SESSION, HistoryChecker.BOUNDED, HistoryChecker.QUORUM)) {
        clients.add(
            new Thread(
                new MovingClient(
                    cluster, kind + i, kind, new Random(random.nextLong()), ops, running)));
      }
    }
    clients.forEach(Thread::start);
    for (int i = 0; i < 12; i++) {
      disturb(random);
      LockSupport.parkNanos((200 + random.nextInt(800)) * 1_000_000L);
    }
    cluster.heal();
    running.set(false);
    for (Thread client : clients) {
      client.join();
    }
    System.out.println("LevelsIT operations=" + ops.size());
    assertTrue(ops.size() > 100, "too little was done to mean anything");
    assertEquals(
        List.of(),
        HistoryChecker.check(
            ops, List.of(), MovingClient.BOUND.toNanos(), Duration.ofMillis(20).toNanos()),
        "seed " + seed);
  }

  private static void disturb(Random random) throws IOException {
    String region = ALL.get(random.nextInt(ALL.size()));
    String peer = ALL.get(random.nextInt(ALL.size()));
    if (region.equals(peer)) {
      return;
    }
    String direction = List.of("in", "out", "both").get(random.nextInt(3));
    switch (random.nextInt(5)) {
      case 0, 1 ->
          cluster.fault(region, peer, "{\"drop\":true,\"direction\":\"" + direction + "\"}");
      case 2 ->
          cluster.fault(
              region,
              peer,
              "{\"delayMs\":"
                  + random.nextInt(600)
                  + ",\"jitterMs\":50,\"direction\":\""
                  + direction
                  + "\"}");
      case 3 ->
          cluster.fault(region, peer, "{\"lossPercent\":20,\"direction\":\"" + direction + "\"}");
      default -> cluster.region(region).status("DELETE", "/v1/chaos/links/" + peer);
    }
  }
}
