package dev.meridian.coordinator;

/** The disk side of this region. Any thread; nothing here waits for the disk. */
public interface Storage {

  StorageStatus status();

  /**
   * Starts to verify every checksum of the data at rest, in the background; does nothing when that
   * is being done already. {@link #status} shows how far it is.
   */
  void startScrub();
}
