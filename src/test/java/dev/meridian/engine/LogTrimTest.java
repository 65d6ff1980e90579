package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log lets go of what tables have, and of nothing that only this region has. */
class LogTrimTest {

  private static final ReplicaId EU = new ReplicaId("eu");

  @TempDir Path directory;

  @Test
  void whatNoPeerHasHeardStaysInTheLogHoweverLargeItBecomes() throws IOException {
    AtomicLong heard = new AtomicLong();
    try (EngineRig rig =
        EngineRig.in(directory)
            .settings(EngineSettings.defaults().withMemtableBytes(64 << 10).withKeepLogBytes(1))
            .segmentBytes(32 << 10)
            .open()) {
      rig.engine.heardBy(heard::get);
      for (int i = 0; i < 3_000; i++) {
        write(rig, i);
      }
      assertTrue(rig.engine.stats().segments() > 10, "the log is too small to be trimmed");
      assertEquals(0, from(rig), "it was trimmed");
      heard.set(1_500);
      for (int i = 0; i < 3_000 && from(rig) == 0; i++) {
        write(rig, i);
      }
      assertTrue(from(rig) > 0, "it was not trimmed");
      assertTrue(from(rig) <= 1_500, "trimmed up to " + from(rig));
    }
  }

  private static void write(EngineRig rig, int i) {
    rig.put("d" + i % 100, "{\"pad\":\"" + "x".repeat(300) + "\"}");
  }

  /** Up to which change of its own the log reaches back no more. */
  private static long from(EngineRig rig) {
    return rig.engine.changes().from().get(EU);
  }
}
