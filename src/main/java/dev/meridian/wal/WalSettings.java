package dev.meridian.wal;

/**
 * Sizes of the log.
 *
 * @param segmentBytes size of a segment file, allocated in full when it is created; 4 KiB to 1 GiB.
 *     Small ones cost a pause at each roll, large ones keep disk space longer than needed, as a
 *     segment is deleted as a whole. A record that fits no segment gets a larger one of its own.
 * @param maxRecordBytes largest payload of a record; 1 byte to 256 MiB. Records written under a
 *     higher setting stay readable.
 * @param compressFrom payloads of at least so many bytes are compressed, if that saves an eighth
 */
public record WalSettings(long segmentBytes, int maxRecordBytes, int compressFrom) {

  private static final long MIN_SEGMENT_BYTES = 4 << 10;
  private static final long MAX_SEGMENT_BYTES = 1 << 30;
  static final int MAX_RECORD_BYTES = 256 << 20;

  public WalSettings {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes is "
              + MIN_SEGMENT_BYTES
              + " to "
              + MAX_SEGMENT_BYTES
              + ": "
              + segmentBytes);
    }
    if (maxRecordBytes < 1 || maxRecordBytes > MAX_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "maxRecordBytes is 1 to " + MAX_RECORD_BYTES + ": " + maxRecordBytes);
    }
  }

  /** 64 MiB segments, records up to 16 MiB, compressed from 8 KiB on. */
  public static WalSettings defaults() {
    return new WalSettings(64L << 20, 16 << 20, 8 << 10);
  }

  public WalSettings withSegmentBytes(long bytes) {
    return new WalSettings(bytes, maxRecordBytes, compressFrom);
  }
}
