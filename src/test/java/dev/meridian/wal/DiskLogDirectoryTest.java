package dev.meridian.wal;

import dev.meridian.contract.LogDirectoryContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DiskLogDirectoryTest extends LogDirectoryContract {

  @TempDir Path directory;

  @Override
  protected LogDirectory newDirectory() {
    return new DiskLogDirectory(directory.resolve("made/when/listed"));
  }
}
