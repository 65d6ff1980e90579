package dev.meridian.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Reads the files that an earlier process left. Whatever is in them, the region starts. */
final class HintRecovery {

  /** No file that we made is larger: a last call's hints behind a full segment. */
  static final long MAX_FILE_BYTES = 1L << 30;

  private static final System.Logger LOG = System.getLogger(HintRecovery.class.getName());

  private HintRecovery() {}

  /** Empty when the file cannot be read, or cannot be one of ours; it is left alone then. */
  static Optional<HintScan> read(HintFile file) {
    try {
      long size = Files.size(file.path());
      if (size > MAX_FILE_BYTES) {
        warn("event=hints-left-alone file={0} is too large to be ours: {1} bytes", file, size);
        return Optional.empty();
      }
      byte[] bytes = Files.readAllBytes(file.path());
      HintScan scan = HintScan.of(file.name(), bytes);
      if (scan.found().isEmpty() && !HintFileCodecV1.mayStart(bytes)) {
        // A newer version's, perhaps: this node was set back.
        warn("event=hints-left-alone file={0} has nothing that this node can read{1}", file, "");
        return Optional.empty();
      }
      file.size(bytes.length);
      report(file, scan);
      return Optional.of(scan);
    } catch (IOException unreadable) {
      warn("event=hints-unreadable file={0} reason=\"{1}\"", file, unreadable);
      return Optional.empty();
    }
  }

  private static void report(HintFile file, HintScan scan) {
    if (scan.damaged() > 0) {
      warn("event=hints-damaged file={0} places={1}", file, scan.damaged());
    }
    if (scan.torn() > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "event=hints-torn-tail file={0} bytes={1}",
          file.path(),
          scan.torn());
    }
  }

  private static void warn(String event, HintFile file, Object detail) {
    LOG.log(System.Logger.Level.WARNING, event, file.path(), detail);
  }
}
