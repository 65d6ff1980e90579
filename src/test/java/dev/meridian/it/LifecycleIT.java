package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping a region, as an operator meets it. */
class LifecycleIT {

  @TempDir Path directory;

  private RegionProcess region(int port) {
    return new RegionProcess(directory, port)
        .with("MERIDIAN_REGION", "eu")
        .with("MERIDIAN_DATA_DIR", directory.resolve("eu").toString());
  }

  @Test
  void withoutSettingsItIsOneRegionNamedLocalWithItsDataBesideIt() throws IOException {
    try (RegionProcess local = new RegionProcess(directory, RegionProcess.freePort()).start()) {
      assertTrue(local.get("/v1").body().contains("\"region\":\"local\""));
      assertEquals(201, local.put(RegionProcess.doc("c", "a"), "{}").statusCode());
      assertTrue(Files.exists(directory.resolve("data/MANIFEST")));
      for (String path :
          List.of(
              "/q/health/live",
              "/q/health/ready",
              "/q/health/started",
              "/q/metrics",
              "/q/openapi",
              "/q/swagger-ui/")) {
        assertEquals(200, local.status("GET", path), path);
      }
      assertTrue(local.get("/v1/nope").body().contains("\"code\":\"not-found\""));
    }
  }

  @Test
  void sigtermUnderLoadEndsInTimeAndKeepsWhatWasAnswered() throws Exception {
    Queue<String> answered = new ConcurrentLinkedQueue<>();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (RegionProcess region = region(RegionProcess.freePort()).start()) {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(new Thread(client(region, "c" + i, answered, wrong)));
      }
      clients.forEach(Thread::start);
      LockSupport.parkNanos(1_000_000_000L);
      region.terminate(Duration.ofSeconds(10));
      for (Thread client : clients) {
        client.join();
      }
      assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
      region.start();
      for (String id : answered) {
        assertEquals(200, region.status("GET", RegionProcess.doc("load", id)), id);
      }
      assertTrue(answered.size() > 10, "only " + answered.size() + " writes were answered");
    }
  }

  private static Runnable client(
      RegionProcess region, String name, Queue<String> answered, Queue<String> wrong) {
    return () -> {
      for (int i = 0; ; i++) {
        try {
          var answer = region.put(RegionProcess.doc("load", name + "-" + i), "{}");
          if (answer.statusCode() == 201) {
            answered.add(name + "-" + i);
          } else if (answer.statusCode() == 503) {
            return; // said clearly that it stops
          } else {
            wrong.add(answer.statusCode() + " " + answer.body());
            return;
          }
        } catch (IOException gone) {
          return;
        }
      }
    };
  }

  @Test
  void aSecondProcessOnTheSameDataIsToldSo() throws IOException {
    try (RegionProcess first = region(RegionProcess.freePort()).start();
        RegionProcess second = region(RegionProcess.freePort()).launch()) {
      assertNotEquals(0, second.awaitExit(Duration.ofSeconds(30)));
      assertTrue(second.log().contains("is in use by another process"), second.log());
      assertEquals(200, first.status("GET", "/q/health/ready"));
      Files.delete(directory.resolve("eu/LOCK")); // taken for a relic
      second.launch();
      assertNotEquals(0, second.awaitExit(Duration.ofSeconds(30)));
      assertEquals(201, first.put(RegionProcess.doc("c", "a"), "{}").statusCode());
    }
  }

  @Test
  void anotherRegionsDataIsRefused() throws IOException {
    try (RegionProcess eu = region(RegionProcess.freePort()).start()) {
      eu.terminate(Duration.ofSeconds(10));
    }
    try (RegionProcess us =
        region(RegionProcess.freePort()).with("MERIDIAN_REGION", "us").launch()) {
      assertNotEquals(0, us.awaitExit(Duration.ofSeconds(30)));
      assertTrue(us.log().contains("belongs to region 'eu'"), us.log());
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(directory.resolve("eu"), "a file in the way");
    try (RegionProcess region = region(RegionProcess.freePort()).launch()) {
      assertNotEquals(0, region.awaitExit(Duration.ofSeconds(30)));
      assertTrue(region.log().contains("cannot be written"), region.log());
    }
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    int port = RegionProcess.freePort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
        RegionProcess region = region(port).launch()) {
      assertNotEquals(0, region.awaitExit(Duration.ofSeconds(30)));
      assertTrue(region.log().contains(Integer.toString(taken.getLocalPort())), region.log());
    }
  }

  @Test
  void damageBeforeTheEndOfTheLogIsRefusedByName() throws IOException {
    try (RegionProcess region = region(RegionProcess.freePort()).start()) {
      for (int i = 0; i < 50; i++) {
        region.put(RegionProcess.doc("c", "k" + i), "{\"i\":" + i + "}");
      }
      region.kill9();
      Path segment;
      try (var files = Files.list(directory.resolve("eu/wal"))) {
        segment =
            files.filter(f -> f.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(segment);
      bytes[600] ^= 1;
      Files.write(segment, bytes);
      region.launch();
      assertNotEquals(0, region.awaitExit(Duration.ofSeconds(30)));
      assertTrue(region.log().contains(segment.getFileName().toString()), region.log());
    }
  }
}
