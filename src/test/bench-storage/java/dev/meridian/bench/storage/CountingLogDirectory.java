package dev.meridian.bench.storage;

import dev.meridian.simulation.WatchedLogDirectory;
import dev.meridian.wal.LogDirectory;
import java.util.concurrent.atomic.AtomicLong;

/** Counts how often the log is forced: changes over forces is the size of a commit group. */
final class CountingLogDirectory extends WatchedLogDirectory {

  private final AtomicLong forces = new AtomicLong();

  CountingLogDirectory(LogDirectory inner) {
    super(inner);
  }

  long forces() {
    return forces.get();
  }

  @Override
  protected void beforeForce() {
    forces.incrementAndGet();
  }
}
