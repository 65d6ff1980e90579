package dev.meridian.simulation;

import dev.meridian.engine.Manifest;
import dev.meridian.engine.ManifestStore;
import java.util.Optional;

/** A manifest on the heap, replaced atomically. */
public final class MemoryManifestStore implements ManifestStore {

  private volatile Optional<Manifest> manifest = Optional.empty();

  @Override
  public Optional<Manifest> read() {
    return manifest;
  }

  @Override
  public void write(Manifest next) {
    manifest = Optional.of(next);
  }
}
