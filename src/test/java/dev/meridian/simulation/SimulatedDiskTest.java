package dev.meridian.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.contract.LogDirectoryContract;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest extends LogDirectoryContract {

  @Override
  protected LogDirectory newDirectory() {
    return newDisk(1);
  }

  @Test
  void crashKeepsWhatWasForcedAndAnyPartOfTheRest() throws IOException {
    Set<Integer> unforced = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      SimulatedDisk disk = newDisk(seed);
      LogFile file = disk.create("a", 200);
      disk.force();
      file.write(ByteBuffer.wrap(new byte[] {1}), 0);
      file.force();
      file.write(ByteBuffer.wrap(new byte[] {1}), 100);
      file.write(ByteBuffer.wrap(new byte[] {1}), 190);
      disk.crash();
      byte[] bytes = disk.bytes("a");
      assertEquals(1, bytes[0]);
      unforced.add(bytes[100] * 2 + bytes[190]);
      assertThrows(IOException.class, file::force);
    }
    assertEquals(Set.of(0, 1, 2, 3), unforced);
  }

  @Test
  void crashMayTakeNamesThatWereNotForced() throws IOException {
    Set<Integer> survived = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = newDisk(seed);
      disk.create("a", 10).close();
      disk.force();
      disk.create("b", 10).close();
      disk.crash();
      assertTrue(disk.list().contains("a"));
      survived.add(disk.list().size());
    }
    assertEquals(Set.of(1, 2), survived);
  }

  @Test
  void pagesOfAFailedForceAreReadUntilACrashAndForcedNoMore() throws IOException {
    Set<Integer> survived = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = newDisk(seed);
      LogFile file = disk.create("a", 10);
      disk.force();
      file.write(ByteBuffer.wrap(new byte[] {1}), 0);
      disk.failOperation(1);
      assertThrows(IOException.class, file::force);
      file.force();
      assertEquals(1, disk.bytes("a")[0]);
      disk.crash();
      survived.add((int) disk.bytes("a")[0]);
    }
    assertEquals(Set.of(0, 1), survived);
  }

  @Test
  void whatDoesNotFitIsThereInPart() throws IOException {
    SimulatedDisk disk = newDisk(1);
    LogFile file = disk.create("a", 10);
    disk.setCapacity(12);
    file.write(ByteBuffer.wrap(new byte[10]), 0);
    assertThrows(IOException.class, () -> file.write(ByteBuffer.wrap(new byte[8]), 5));
    assertEquals(12, file.size());
    assertThrows(IOException.class, () -> disk.create("b", 1));
    disk.setCapacity(13);
    disk.create("c", 1);
    assertEquals(13, disk.usedBytes());
  }

  @Test
  void ofAFileThatCannotBeMadeSomeMayStay() throws IOException {
    Set<List<String>> left = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = newDisk(seed);
      disk.setCapacity(5);
      assertThrows(IOException.class, () -> disk.create("a", 6));
      left.add(disk.list());
      assertTrue(disk.usedBytes() <= 5);
    }
    assertEquals(Set.of(List.of(), List.of("a")), left);
  }

  @Test
  void oneSeedIsOneStory() throws IOException {
    assertArrayEquals(story(), story());
  }

  private static byte[] story() throws IOException {
    SimulatedDisk disk = newDisk(42);
    LogFile file = disk.create("a", 1000);
    disk.force();
    byte[] ones = new byte[1000];
    Arrays.fill(ones, (byte) 1);
    file.write(ByteBuffer.wrap(ones), 0);
    disk.crash();
    return disk.bytes("a");
  }

  private static SimulatedDisk newDisk(long seed) {
    return new SimulatedDisk(new SplittableRandom(seed), 64);
  }
}
