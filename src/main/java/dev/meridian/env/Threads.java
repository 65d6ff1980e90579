package dev.meridian.env;

/** Starts threads, so that a simulation can run everything in one. */
public interface Threads {

  /** Starts a platform thread that does not keep the process alive. */
  Thread startWorker(String name, Runnable body);

  /** Starts a virtual thread: for work that waits (disk, peers), never for work that computes. */
  Thread startVirtual(String name, Runnable body);
}
