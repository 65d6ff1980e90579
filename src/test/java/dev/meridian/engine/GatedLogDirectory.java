package dev.meridian.engine;

import dev.meridian.simulation.WatchedLogDirectory;
import dev.meridian.wal.LogDirectory;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** A directory whose files' forces wait at a gate, or fail. */
final class GatedLogDirectory extends WatchedLogDirectory {

  private static final int OPEN = 1 << 20;

  private final Semaphore gate = new Semaphore(OPEN);
  private volatile boolean failing;

  GatedLogDirectory(LogDirectory disk) {
    super(disk);
  }

  /** From now on forces wait. */
  void shut() {
    gate.drainPermits();
  }

  void open() {
    gate.release(OPEN);
  }

  /** From now on forces fail. */
  void failForces() {
    failing = true;
  }

  @Override
  protected void beforeForce() throws IOException {
    gate.acquireUninterruptibly();
    if (failing) {
      throw new IOException("the device does not answer");
    }
  }
}
