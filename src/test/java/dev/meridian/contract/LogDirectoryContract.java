package dev.meridian.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log relies on, of the real disk and of the simulated one alike. */
public abstract class LogDirectoryContract {

  private LogDirectory directory;

  /** A directory without files. */
  protected abstract LogDirectory newDirectory();

  @BeforeEach
  void makeDirectory() {
    directory = newDirectory();
  }

  @Test
  void startsEmpty() throws IOException {
    assertEquals(List.of(), directory.list());
  }

  @Test
  void newFileHasItsSizeAndZeros() throws IOException {
    directory.list();
    try (LogFile file = directory.create("a", 5_000_000)) {
      assertEquals(5_000_000, file.size());
      assertArrayEquals(new byte[10], read(file, 4_999_990, 10));
    }
    assertEquals(List.of("a"), directory.list());
    assertThrows(IOException.class, () -> directory.create("a", 1));
  }

  @Test
  void bytesAreReadBackWhereTheyWereWritten() throws IOException {
    directory.list();
    try (LogFile file = directory.create("a", 100)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 50);
      file.force();
    }
    try (LogFile file = directory.open("a")) {
      assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, read(file, 49, 5));
    }
  }

  @Test
  void readsEndWithTheFile() throws IOException {
    directory.list();
    try (LogFile file = directory.create("a", 10)) {
      ByteBuffer buffer = ByteBuffer.allocate(20);
      assertEquals(4, file.read(buffer, 6));
      assertEquals(-1, file.read(buffer, 10));
      file.truncate(8);
      assertEquals(8, file.size());
      assertEquals(-1, file.read(buffer, 8));
    }
  }

  @Test
  void renameReplacesAndLeavesOpenFilesOpen() throws IOException {
    directory.list();
    try (LogFile old = directory.create("b", 10);
        LogFile file = directory.create("a", 10)) {
      file.write(ByteBuffer.wrap(new byte[] {7}), 0);
      directory.rename("a", "b");
      directory.force();
      assertEquals(List.of("b"), directory.list());
      file.write(ByteBuffer.wrap(new byte[] {8}), 1);
      assertArrayEquals(new byte[2], read(old, 0, 2));
      try (LogFile again = directory.open("b")) {
        assertArrayEquals(new byte[] {7, 8}, read(again, 0, 2));
      }
    }
  }

  @Test
  void deletedFileIsGone() throws IOException {
    directory.list();
    directory.create("a", 10).close();
    directory.delete("a");
    assertEquals(List.of(), directory.list());
    assertThrows(IOException.class, () -> directory.open("a"));
    assertThrows(IOException.class, () -> directory.delete("a"));
    assertThrows(IOException.class, () -> directory.rename("a", "b"));
  }

  @Test
  void describesWhereAFileIs() {
    assertTrue(directory.describe("a").endsWith("/a"));
  }

  private static byte[] read(LogFile file, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    assertEquals(length, file.read(buffer, position));
    return buffer.array();
  }
}
