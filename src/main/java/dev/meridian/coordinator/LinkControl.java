package dev.meridian.coordinator;

/**
 * Stops and restarts what this region reads from a peer. Fails with {@code peer-not-found} for a
 * region that is no peer. Thread-safe; waits for the disk. What is paused stays so across a restart
 * of the node.
 */
public interface LinkControl {

  /**
   * Pauses or resumes. While paused, the peer's changes arrive through other regions, if there are
   * any, or wait at the peer; nothing is lost. Saying the same again changes nothing.
   */
  void pause(String peer, boolean paused);
}
