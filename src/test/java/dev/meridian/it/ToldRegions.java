package dev.meridian.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.meridian.clock.VersionVector;
import dev.meridian.coordinator.ClusterStatus;
import dev.meridian.coordinator.ClusterStatus.HintStatus;
import dev.meridian.coordinator.ClusterStatus.LagMillis;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import dev.meridian.coordinator.ClusterStatus.RegionStatus;
import dev.meridian.coordinator.LinkDetail;
import dev.meridian.coordinator.LinkDetail.Burn;
import dev.meridian.coordinator.LinkDetail.Lag;
import dev.meridian.coordinator.LinkDetail.Slo;
import dev.meridian.document.ChangeCodecV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Peers that tell how their links are and do nothing else: what a console shows of a large cluster,
 * or of one that is unwell, needs no sixteen processes and no luck.
 */
final class ToldRegions implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Long> OBJECTIVES = List.of(10L, 100L, 500L, 2000L);
  private static final List<String> KEYS = List.of("p50", "p95", "p99", "p999");

  /** Nothing applied, and no promise: a region that asks never was. */
  private static final byte[] NO_PAST = noPast();

  private final Map<String, HttpServer> servers = new LinkedHashMap<>();

  /**
   * @param told the link from the first region to the second, as the second tells it
   */
  ToldRegions(List<String> all, List<String> peers, BiFunction<String, String, LinkStatus> told) {
    for (String peer : peers) {
      servers.put(peer, serve(status(peer, all, told)));
    }
  }

  /** As the setting of peers wants them. */
  String setting() {
    return servers.entrySet().stream()
        .map(each -> each.getKey() + "=" + url(each.getKey()))
        .collect(Collectors.joining(","));
  }

  String url(String region) {
    return "http://127.0.0.1:" + servers.get(region).getAddress().getPort();
  }

  /** It cannot be asked any more. */
  void silence(String region) {
    servers.get(region).stop(0);
  }

  /** A link that streams, with the same lag all the time. */
  static LinkStatus streaming(String from, String to, double millis) {
    return link(from, to, "streaming", 0, "", millis);
  }

  static LinkStatus link(
      String from, String to, String state, long pending, String reason, double millis) {
    Lag lag = new Lag(millis / 2, millis * 0.9, millis, millis * 2, 500);
    List<Double> figures = List.of(lag.p50(), lag.p95(), lag.p99(), lag.p999());
    List<Slo> slo = new ArrayList<>();
    for (int i = 0; i < KEYS.size(); i++) {
      Burn burn = figures.get(i) > OBJECTIVES.get(i) ? new Burn(0.9, 3.5) : new Burn(0.001, 0.1);
      slo.add(new Slo(KEYS.get(i), OBJECTIVES.get(i), burn, burn, burn));
    }
    List<Lag> minutes =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    new Lag(
                        lag.p50() * (i + 1) / 10,
                        lag.p95() * (i + 1) / 10,
                        lag.p99() * (i + 1) / 10,
                        lag.p999() * (i + 1) / 10,
                        i == 3 ? 0 : 50))
            .toList();
    return new LinkStatus(
        from,
        to,
        state,
        pending,
        pending * 310,
        new LagMillis(lag.p50(), lag.p95(), lag.p99(), lag.p999(), lag.changes()),
        60,
        812,
        "2026-01-31T12:00:00Z",
        91_822,
        2,
        reason,
        new LinkDetail(
            4096,
            50_211,
            2048,
            1900,
            500,
            8.3,
            3,
            -14,
            6,
            "the peer closed the stream",
            "2026-01-31T11:00:00Z",
            "",
            lag,
            lag,
            minutes,
            slo));
  }

  private static ClusterStatus status(
      String self, List<String> all, BiFunction<String, String, LinkStatus> told) {
    return new ClusterStatus(
        self,
        "0".repeat(16),
        "0".repeat(16),
        "normal",
        List.of(new RegionStatus(self, "http://127.0.0.1", "up", 0, 0, 0, "", "", "")),
        all.stream()
            .filter(from -> !from.equals(self))
            .map(from -> told.apply(from, self))
            .toList(),
        new ClusterStatus.WalStatus(1, 1, 1, 1, 1, new ClusterStatus.ForceMillis(0.4, 2)),
        new ClusterStatus.ConflictCounts(0, 0),
        Map.of(),
        self.equals("r02")
            ? List.of(new HintStatus("r05", 1200, 371_712, "2026-01-31T11:00:00Z"))
            : List.of(),
        ClusterStatus.IncarnationStatus.UNKNOWN,
        Map.of());
  }

  private static byte[] noPast() {
    ByteBuffer past = ByteBuffer.allocate(ChangeCodecV1.size(VersionVector.EMPTY) + Long.BYTES);
    ChangeCodecV1.putVector(past, VersionVector.EMPTY);
    return past.array();
  }

  private static HttpServer serve(ClusterStatus status) {
    try {
      byte[] body = JSON.writeValueAsBytes(status);
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      answer(server, "/v1/cluster", "application/json", body);
      answer(server, "/peer/v1/past", "application/vnd.meridian.past.v1", NO_PAST);
      server.start();
      return server;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void answer(HttpServer server, String path, String type, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(200, body.length);
          try (exchange) {
            exchange.getResponseBody().write(body);
          }
        });
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
  }
}
