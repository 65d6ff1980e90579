package dev.meridian.coordinator;

/** What an operator does with links. Never blocks. */
public interface LinkControl {

  /**
   * Stops or resumes reading from a peer. Meanwhile others may relay its changes; it goes on
   * reading from here. Lasts until it is resumed or this node restarts. Fails with {@code
   * peer-not-found}.
   */
  void pause(String peer, boolean paused);
}
