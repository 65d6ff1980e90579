package dev.meridian.bench.storage;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has used so far. */
final class ProcessFigures {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ProcessFigures() {}

  static long cpuNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** Bytes this process caused to be written to a disk, by calls and by mapped memory. */
  static long bytesWritten() {
    return io("write_bytes");
  }

  /** Bytes read from a disk for this process, not from memory. */
  static long bytesRead() {
    return io("read_bytes");
  }

  private static long io(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
        if (line.startsWith(name + ":")) {
          return Long.parseLong(line.substring(name.length() + 1).trim());
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    throw new IllegalStateException("/proc/self/io has no " + name);
  }

  /** Heap in use after everything unreachable has gone. */
  static long liveHeapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
