package dev.meridian.simulation;

import dev.meridian.engine.Manifest;
import dev.meridian.engine.ManifestStore;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A manifest on the heap, replaced atomically. Tells from it what was done to tables. */
public final class MemoryManifestStore implements ManifestStore {

  private final UnaryOperator<Manifest> remembered;
  private volatile Optional<Manifest> manifest = Optional.empty();
  private volatile int checkpoints;
  private volatile int merges;

  public MemoryManifestStore() {
    this(UnaryOperator.identity());
  }

  /**
   * @param remembered what is read instead of what was written
   */
  MemoryManifestStore(UnaryOperator<Manifest> remembered) {
    this.remembered = remembered;
  }

  @Override
  public Optional<Manifest> read() {
    return manifest.map(remembered);
  }

  @Override
  public synchronized void write(Manifest next) {
    if (manifest.isPresent()) {
      Manifest before = manifest.get();
      checkpoints += next.checkpoint().isAfter(before.checkpoint()) ? 1 : 0;
      merges += next.tables().size() < before.tables().size() ? 1 : 0;
    }
    manifest = Optional.of(next);
  }

  /** How often the log up to some record was found to be in tables. */
  public int checkpoints() {
    return checkpoints;
  }

  /** How often tables became fewer. */
  public int merges() {
    return merges;
  }
}
