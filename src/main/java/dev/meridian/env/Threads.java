package dev.meridian.env;

import java.time.Duration;

/** Starts threads, so that a simulation can run everything in one. */
public interface Threads {

  /** A worker that is not started yet. */
  Worker worker(String name);

  /** Starts a platform thread that does not keep the process alive. */
  Thread startWorker(String name, Runnable body);

  /** Starts a virtual thread: for work that waits (disk, peers), never for work that computes. */
  Thread startVirtual(String name, Runnable body);

  /**
   * Lets others have the processor and the disk for about so long, in the middle of a long piece of
   * work. For nothing that the work depends on: where there is one thread only, it returns at once.
   */
  void pause(Duration about);
}
