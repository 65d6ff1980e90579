package dev.meridian.node;

import dev.meridian.coordinator.ClusterStatus.IncarnationStatus;
import dev.meridian.env.WallClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Which life of a region this is: a region whose data was lost begins another one. It goes on with
 * the sequence of its changes where all its peers know it to be, so no dot is made twice; the id
 * tells people, and monitoring, that there was another life. Kept beside the data. Thread-safe.
 */
final class Incarnation {

  private static final System.Logger LOG = System.getLogger(Incarnation.class.getName());
  private static final String FILE = "incarnation";
  private static final int LINES = 3;

  private final Path file;
  private volatile IncarnationStatus status;

  private Incarnation(Path file, IncarnationStatus status) {
    this.file = file;
    this.status = status;
  }

  /** The life that a data directory tells of; a new one where it tells of none. */
  static Incarnation of(Path directory, WallClock clock) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == LINES) {
        return new Incarnation(
            file, new IncarnationStatus(lines.get(0), lines.get(1), lines.get(2)));
      }
    }
    byte[] id = new byte[8];
    new SecureRandom().nextBytes(id);
    Incarnation fresh =
        new Incarnation(
            file,
            new IncarnationStatus(
                HexFormat.of().formatHex(id),
                Instant.ofEpochMilli(clock.millis()).toString(),
                "it began with nothing"));
    fresh.write();
    return fresh;
  }

  IncarnationStatus status() {
    return status;
  }

  /** Why there is this life, as one line. */
  synchronized void because(String why) {
    status = new IncarnationStatus(status.id(), status.since(), why);
    try {
      write();
    } catch (IOException failed) {
      LOG.log(System.Logger.Level.WARNING, "the file " + file + " was not written", failed);
    }
  }

  private void write() throws IOException {
    Path next = file.resolveSibling(FILE + ".next");
    Files.write(next, List.of(status.id(), status.since(), status.why()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
