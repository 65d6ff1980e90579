package dev.meridian.replication;

import java.io.IOException;

/** Where it is remembered which links are paused. One thread at a time; may wait for the disk. */
public interface PausedLinksStore {

  /** What was written last; none paused when that cannot be read, which is logged. */
  PausedLinks read();

  /** Durable on return; on failure what was there before stays. */
  void write(PausedLinks paused) throws IOException;
}
