package dev.meridian.api;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Gives the region under test a data directory of its own. */
public final class FreshData implements QuarkusTestResourceLifecycleManager {

  @Override
  public Map<String, String> start() {
    try {
      Path directory = Files.createTempDirectory("meridian-test");
      return Map.of(
          "meridian.data-dir", directory.toString(),
          "meridian.region", "eu",
          "meridian.log.segment-bytes", "4194304");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void stop() {}
}
