package dev.meridian.engine;

/**
 * The check of all bytes at rest.
 *
 * @param startedMillis wall time; 0 when none ran since the start of the node
 * @param finishedMillis 0 while it runs
 * @param damaged files found damaged in this run
 * @param failure why it could not be finished; empty when it was
 */
public record ScrubStats(
    boolean running,
    long startedMillis,
    long finishedMillis,
    long doneBytes,
    long totalBytes,
    int damaged,
    String failure) {

  static final ScrubStats NEVER = new ScrubStats(false, 0, 0, 0, 0, 0, "");
}
