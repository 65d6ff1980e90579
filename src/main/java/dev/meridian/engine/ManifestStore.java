package dev.meridian.engine;

import java.io.IOException;
import java.util.Optional;

/** Keeps one manifest, replaced atomically. */
public interface ManifestStore {

  /** The manifest last written; empty in a fresh directory. Damage is an IOException naming it. */
  Optional<Manifest> read() throws IOException;

  /** On return the new manifest is on disk; after a crash before that, the old one still is. */
  void write(Manifest manifest) throws IOException;
}
