package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A region whose log was damaged while it was down. */
class LogGapIT {

  private static final int DOCUMENTS = 100;

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();

  private static void damageTheLog(String region) throws IOException {
    try (Stream<Path> files = Files.list(cluster.data(region).resolve("wal"))) {
      Path segment =
          files.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(segment);
      int used = bytes.length;
      while (bytes[used - 1] == 0) {
        used--;
      }
      bytes[used / 2] ^= 1;
      Files.write(segment, bytes);
    }
  }

  /**
   * It made nothing itself, so that its own past keeps it from nothing; and an operator wanted it
   * to read from nobody.
   */
  @Test
  void itServesReadsOnceItHasWhatItLost() throws Exception {
    for (int i = 0; i < DOCUMENTS; i++) {
      cluster.put("eu", RegionProcess.doc("few", "d" + i), "{\"n\":" + i + "}");
    }
    cluster.awaitEqualVectors();
    for (String other : List.of("eu", "us")) {
      cluster.pause("ap", other, true);
    }
    cluster.region("ap").kill9();
    damageTheLog("ap");
    RegionProcess ap = cluster.region("ap").launch();
    String last = RegionProcess.doc("few", "d" + (DOCUMENTS - 1));
    Set<Integer> answers = new HashSet<>();
    Await.until(
        "ap is ready",
        Duration.ofSeconds(60),
        () -> {
          answers.add(ap.status("GET", last));
          return ap.status("GET", "/q/health/ready") == 200;
        });
    assertTrue(ap.said("event=damage-found"), ap::log);
    assertEquals(200, ap.status("GET", last), ap::log);
    assertFalse(answers.contains(404), () -> answers + ap.log());
  }
}
