package dev.meridian.replication;

/**
 * Bounds of what a region holds for others that are down.
 *
 * @param maxBytes disk that the files of all hints may take together; 0 to 64 GiB. When it is
 *     reached, hints are refused, and writes that need them fail while their region is down: so too
 *     low refuses writes in a long outage, and too high takes disk from this region's own log. 0
 *     holds nothing
 * @param maxChanges changes held at once, for all targets together; 1 to 10,000,000. Each takes
 *     about 150 bytes of heap. Too low refuses small writes while there is disk for them, too high
 *     takes heap
 * @param segmentBytes size at which a file is closed and the next begun; 4 KiB to 256 MiB. Disk is
 *     given back by whole files, so too high keeps hints that were handed over for longer; too low
 *     makes many files and forces the directory for each. Hints that are held in one call share a
 *     file, which may get larger by that
 */
public record HintSettings(long maxBytes, int maxChanges, int segmentBytes) {

  private static final long MAX_BYTES = 64L << 30;
  private static final int MAX_CHANGES = 10_000_000;
  private static final int MIN_SEGMENT_BYTES = 4 << 10;
  private static final int MAX_SEGMENT_BYTES = 256 << 20;

  public HintSettings {
    check("maxBytes", maxBytes, 0, MAX_BYTES);
    check("maxChanges", maxChanges, 1, MAX_CHANGES);
    check("segmentBytes", segmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
  }

  /** 256 MiB, 100,000 changes, files of 8 MiB. */
  public static HintSettings defaults() {
    return new HintSettings(256L << 20, 100_000, 8 << 20);
  }

  public HintSettings withMaxBytes(long bytes) {
    return new HintSettings(bytes, maxChanges, segmentBytes);
  }

  public HintSettings withMaxChanges(int changes) {
    return new HintSettings(maxBytes, changes, segmentBytes);
  }

  public HintSettings withSegmentBytes(int bytes) {
    return new HintSettings(maxBytes, maxChanges, bytes);
  }

  private static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " is " + min + " to " + max + ": " + value);
    }
  }
}
