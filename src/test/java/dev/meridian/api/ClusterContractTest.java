package dev.meridian.api;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What others build on: the members of the cluster's status and the names of metrics. */
@QuarkusTest
@WithTestResource(FreshData.class)
@TestProfile(GuaranteesTest.Alone.class)
class ClusterContractTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An example with a value of the right kind for each member; more members may be there. */
  private static final String STATUS =
      """
      { "region": "eu", "hlc": "0197", "safeTime": "0197", "mode": "normal",
        "regions": [ { "id": "us", "url": "http://", "state": "up", "hlcDriftMs": 3, "lat": 38.9,
                       "lon": -77.4, "label": "Virginia", "reason": "", "since": "" } ],
        "links": [ { "from": "us", "to": "eu", "state": "streaming", "pendingChanges": 0,
                     "pendingBytes": 0,
                     "lagMs": { "p50": 4, "p95": 9, "p99": 20, "p999": 40, "window": 1000 },
                     "stalenessMs": 60, "appliedSeq": 812, "lastChangeAt": "", "bytesIn": 91822,
                     "retries": 0, "reason": "",
                     "detail": { "bytesOut": 1, "wireBytesIn": 1, "wireBytesOut": 1,
                                 "wireChangeBytesOut": 1, "changesIn": 1, "appliedPerSecond": 1.5,
                                 "queued": 0, "clockOffsetMs": 0, "clockErrorMs": 0,
                                 "lastError": "", "lastErrorAt": "", "pausedSince": "" } } ],
        "wal": { "lastLsn": 9120, "durableLsn": 9120, "checkpointLsn": 9000, "segments": 2,
                 "bytes": 8123412, "fsyncMs": { "p50": 0.4, "p99": 2.1 } },
        "conflicts": { "open": 2, "total": 17 },
        "vector": { "eu": 441 } }
      """;

  private static final List<String> REGION_STATES = List.of("up", "suspect", "down");
  private static final List<String> LINK_STATES =
      List.of("connecting", "streaming", "catching-up", "paused", "down");

  private static JsonNode status() throws IOException {
    given()
        .contentType(ContentType.JSON)
        .body("{}")
        .post("/v1/collections/contract/docs")
        .then()
        .statusCode(201);
    return JSON.readTree(given().get("/v1/cluster").asByteArray());
  }

  @Test
  void theStatusHasAllItsMembersOfTheirKinds() throws IOException {
    List<String> wrong = new ArrayList<>();
    JsonNode status = status();
    compare("", JSON.readTree(STATUS), status, wrong);
    assertEquals(List.of(), wrong, status.toString());
    assertTrue(status.path("hlc").asText().matches("[0-9a-f]{16}"));
    assertTrue(status.path("safeTime").asText().matches("[0-9a-f]{16}"));
    assertEquals(3, status.path("regions").size());
    assertEquals(2, status.path("links").size());
    for (JsonNode region : status.path("regions")) {
      assertTrue(REGION_STATES.contains(region.path("state").asText()), region.toString());
    }
    for (JsonNode link : status.path("links")) {
      assertTrue(LINK_STATES.contains(link.path("state").asText()), link.toString());
      assertEquals("eu", link.path("to").asText());
    }
    assertTrue(status.path("vector").path("eu").asLong() > 0);
  }

  private static void compare(String at, JsonNode example, JsonNode found, List<String> wrong) {
    if (example.getNodeType() != found.getNodeType()) {
      wrong.add(at + " is " + found.getNodeType() + ", expected " + example.getNodeType());
    } else if (example.isObject()) {
      example
          .properties()
          .forEach(
              member ->
                  compare(
                      at + "/" + member.getKey(),
                      member.getValue(),
                      found.path(member.getKey()),
                      wrong));
    } else if (example.isArray()) {
      found.forEach(each -> compare(at + "/0", example.get(0), each, wrong));
    }
  }

  /** Alerts and dashboards name them; one that changes its name must be changed there, too. */
  private static final List<String> METRICS =
      List.of(
          "meridian_log_bytes",
          "meridian_log_segments",
          "meridian_log_lsn_durable",
          "meridian_log_lsn_checkpoint",
          "meridian_log_force_p50_ms",
          "meridian_log_force_p99_ms",
          "meridian_writer_queued",
          "meridian_writer_stalls",
          "meridian_writer_stalled_ms",
          "meridian_memtable_bytes",
          "meridian_reads_waiting",
          "meridian_tables",
          "meridian_tables_bytes",
          "meridian_merge_debt_bytes",
          "meridian_cache_bytes",
          "meridian_cache_hits",
          "meridian_cache_misses",
          "meridian_damages",
          "meridian_pauses",
          "meridian_link_pending",
          "meridian_link_pending_bytes",
          "meridian_link_queued",
          "meridian_link_applied_rate",
          "meridian_link_lag_p50_ms",
          "meridian_link_lag_p95_ms",
          "meridian_link_lag_p99_ms",
          "meridian_link_lag_p999_ms",
          "meridian_link_slo_burn",
          "meridian_link_staleness_ms",
          "meridian_link_bytes_in",
          "meridian_link_bytes_out",
          "meridian_link_wire_bytes_in",
          "meridian_link_wire_bytes_out",
          "meridian_link_wire_change_bytes_out",
          "meridian_link_retries",
          "meridian_link_paused",
          "meridian_link_clock_offset_ms",
          "meridian_link_clock_error_ms",
          "meridian_peer_state",
          "meridian_peer_phi",
          "meridian_peer_transitions",
          "meridian_hints_held",
          "meridian_hints_bytes",
          "meridian_guarantee_writes_forwarded",
          "meridian_guarantee_bodies_fetched",
          "meridian_guarantee_bodies_missed",
          "meridian_guarantee_requests_waiting",
          "meridian_guarantee_writes_waiting",
          "meridian_guarantee_writes_refused",
          "meridian_guarantee_writes_unknown",
          "meridian_guarantee_acks_ignored",
          "meridian_requests_total",
          "meridian_requests_time_seconds_sum");

  @Test
  void metricsHaveTheNamesThatDashboardsUse() throws IOException {
    status();
    Set<String> there = new TreeSet<>();
    for (String line : given().get("/q/metrics").asString().split("\n")) {
      Matcher sample = Pattern.compile("^(meridian_\\w+)(\\{.*})? (\\S+)$").matcher(line);
      if (sample.find()) {
        there.add(sample.group(1));
        assertFalse(sample.group(3).equals("NaN"), line);
      }
    }
    List<String> missing = new ArrayList<>(METRICS);
    missing.removeAll(there);
    assertEquals(List.of(), missing, there.toString());
  }

  @Test
  void everyMetricThatTheReadmeNamesIsThere() throws IOException {
    status();
    String metrics = given().get("/q/metrics").asString();
    Set<String> named = new TreeSet<>();
    Matcher name =
        Pattern.compile("meridian_[a-z0-9_]+").matcher(Files.readString(Path.of("README.md")));
    while (name.find()) {
      named.add(name.group());
    }
    assertTrue(named.size() > 10, named.toString());
    named.removeIf(each -> Pattern.compile("(?m)^" + each + "[{ ]").matcher(metrics).find());
    assertEquals(Set.of(), named);
  }
}
