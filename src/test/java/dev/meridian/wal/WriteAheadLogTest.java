package dev.meridian.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.simulation.SimulatedDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteAheadLogTest {

  private static final WalSettings SMALL = new WalSettings(4096, 1 << 20, 256);

  private final RandomGenerator random = new SplittableRandom(11);
  private final SimulatedDisk disk = new SimulatedDisk(random, 512);
  private final LogUnderTest model = new LogUnderTest();

  @TempDir Path directory;

  @Test
  void newLogIsEmpty() throws IOException {
    try (WriteAheadLog log = model.open(disk, SMALL)) {
      assertEquals(Lsn.NONE, log.lastLsn());
      assertEquals(Lsn.NONE, log.durableLsn());
      assertEquals(new Lsn(1), log.nextLsn());
      assertEquals(1, log.segments().size());
      assertEquals(4096, log.bytes());
    }
    model.open(disk, SMALL).close();
  }

  @Test
  void recordsComeBackAcrossRollsAndSessionsFromRealFiles() throws IOException {
    LogDirectory files = new DiskLogDirectory(directory.resolve("log"));
    for (int session = 0; session < 4; session++) {
      try (WriteAheadLog log = model.open(files, SMALL)) {
        for (int i = 0; i < 40; i++) {
          model.append(log, random, random.nextInt(600));
          if (i % 5 == 0) {
            log.force();
          }
        }
      }
    }
    try (WriteAheadLog log = model.open(files, SMALL, 77, 160)) {
      assertTrue(log.segments().size() > 8);
      try (LogReader reader = log.reader(new Lsn(13))) {
        assertEquals(161, model.drain(reader, 13));
      }
    }
  }

  @Test
  void largeRecordsTakeLessRoomWhenTheyCanBeCompressed() throws IOException {
    WalSettings settings = new WalSettings(1 << 20, 1 << 20, 8 << 10);
    byte[] payload = "{\"name\":\"value\"},".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
    try (WriteAheadLog log = open(settings)) {
      for (int i = 0; i < 20; i++) {
        log.append((byte) 7, HlcTimestamp.ZERO, payload, 0, payload.length);
      }
      log.force();
      assertEquals(1, log.segments().size(), "20 records of 500 KB in a segment of 1 MiB");
      try (LogReader reader = log.reader(new Lsn(1))) {
        for (int i = 0; i < 20; i++) {
          assertArrayEquals(payload, reader.next().orElseThrow().payload());
        }
      }
    }
  }

  private WriteAheadLog open(WalSettings settings) throws IOException {
    return WriteAheadLog.open(
        new DiskLogDirectory(directory.resolve("log")),
        settings,
        Lsn.NONE,
        () -> new byte[0],
        record -> {});
  }

  @Test
  void recordsLargerThanBufferAndSegmentFit() throws IOException {
    try (WriteAheadLog log = model.open(disk, SMALL)) {
      model.append(log, random, 5_000);
      model.append(log, random, 10);
      model.append(log, random, 1 << 20);
      model.append(log, random, 0);
      log.force();
    }
    try (WriteAheadLog log = model.open(disk, SMALL);
        LogReader reader = log.reader(Lsn.NONE)) {
      assertEquals(5, model.drain(reader, 1));
    }
  }

  @Test
  void recordOverTheLimitIsRefusedAndTakesNoLsn() throws IOException {
    try (WriteAheadLog log = model.open(disk, SMALL)) {
      byte[] large = new byte[SMALL.maxRecordBytes() + 1];
      assertThrows(
          IllegalArgumentException.class,
          () -> log.append((byte) 0, HlcTimestamp.ZERO, large, 0, large.length));
      assertEquals(new Lsn(1), log.nextLsn());
    }
  }

  @Test
  void segmentsRememberTheContextBeforeTheirFirstRecord() throws IOException {
    try (WriteAheadLog log = model.open(disk, SMALL)) {
      while (log.segments().size() < 4) {
        model.append(log, random, 500);
      }
      log.force();
    }
    try (WriteAheadLog log = model.open(disk, SMALL)) {
      for (SegmentInfo segment : log.segments()) {
        assertEquals(
            "before " + segment.firstLsn(), new String(segment.context(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void readerSeesOnlyWhatIsDurableAndAsksTheDiskOnlyForNews() throws IOException {
    try (WriteAheadLog log = model.open(disk, SMALL);
        LogReader reader = log.reader(new Lsn(2))) {
      model.append(log, random, 10);
      model.append(log, random, 10);
      assertTrue(reader.next().isEmpty());
      log.force();
      model.check(reader.next().orElseThrow(), 2);
      long operations = disk.operations();
      for (int i = 0; i < 100; i++) {
        assertTrue(reader.next().isEmpty());
      }
      assertEquals(operations, disk.operations());
      model.append(log, random, 10);
      log.force();
      model.check(reader.next().orElseThrow(), 3);
    }
  }

  @Test
  void readersFollowTheWriterAcrossSegments() throws Exception {
    LogDirectory files = new DiskLogDirectory(directory);
    WalSettings settings = new WalSettings(64 << 10, 1 << 20, 8 << 10);
    int records = 20_000;
    try (SystemEnvironment environment = new SystemEnvironment();
        WriteAheadLog log =
            WriteAheadLog.open(
                files,
                settings,
                environment,
                environment,
                Lsn.NONE,
                () -> new byte[20],
                r -> {},
                GapPolicy.REFUSE)) {
      List<FutureTask<Long>> tails =
          List.of(tail(log, 1, records), tail(log, 1, records), tail(log, 9_000, records));
      tails.forEach(task -> Thread.ofPlatform().start(task));
      for (int i = 1; i <= records; i++) {
        byte[] payload = payload(i);
        log.append((byte) i, HlcTimestamp.of(i, 0), payload, 0, payload.length);
        if (i % 97 == 0 || i == records) {
          log.force();
        }
      }
      assertEquals(records, tails.get(0).get());
      assertEquals(records, tails.get(1).get());
      assertEquals(records - 9_000 + 1, tails.get(2).get());
      assertTrue(log.segments().size() > 10);
      ForceStats stats = log.forceStats();
      assertEquals(records, stats.records());
      assertEquals(97, stats.p50Batch());
    }
  }

  @Test
  void fullDiskRefusesTheRecordAndLosesNothing() throws IOException {
    WriteAheadLog log = model.open(disk, SMALL);
    disk.setCapacity(3 * 4096);
    assertThrows(
        LogFullException.class,
        () -> {
          while (true) {
            model.append(log, random, 300);
          }
        });
    long last = model.last();
    assertEquals(last, log.lastLsn().value());
    log.force();
    assertEquals(last, log.durableLsn().value());
    assertThrows(LogFullException.class, () -> model.append(log, random, 3000));
    disk.setCapacity(Long.MAX_VALUE);
    model.append(log, random, 300);
    log.force();
    disk.crash();
    model.open(disk, SMALL, 0, last + 1).close();
  }

  @Test
  void failedForceEndsTheLogUntilItIsOpenedAgain() throws IOException {
    WriteAheadLog log = model.open(disk, SMALL);
    model.append(log, random, 300);
    log.force();
    model.append(log, random, 300);
    disk.failOperation(2);
    assertThrows(IOException.class, log::force);
    assertThrows(IOException.class, log::force);
    assertThrows(
        IOException.class, () -> log.append((byte) 0, HlcTimestamp.ZERO, new byte[1], 0, 1));
    assertEquals(1, log.durableLsn().value());
    try (LogReader reader = log.reader(Lsn.NONE)) {
      assertEquals(2, model.drain(reader, 1));
    }
    log.close();
    // The page cache still has the second record: what is replayed has to be durable from then on.
    disk.restart();
    long found = model.open(disk, SMALL, 0, 1).lastLsn().value();
    disk.crash();
    model.open(disk, SMALL, 0, found).close();
  }

  @Test
  void unfinishedSegmentsAndForeignFilesAreNoHindrance() throws IOException {
    disk.create("7.wal.tmp", 100).close();
    disk.create("README", 10).close();
    model.open(disk, SMALL).close();
    assertEquals(List.of(LogSegment.name(1), "README"), disk.list());
  }

  @Test
  void closedLogIsClosed() throws IOException {
    WriteAheadLog log = model.open(disk, SMALL);
    model.append(log, random, 20);
    log.close();
    log.close();
    assertThrows(IOException.class, log::force);
    assertEquals(1, model.open(disk, SMALL).durableLsn().value());
  }

  @Test
  void versionOneIsReadAndWrittenAsPublished() throws IOException {
    byte[] golden;
    try (InputStream in = getClass().getResourceAsStream("/golden/wal-v1.bin")) {
      golden = Objects.requireNonNull(in, "golden/wal-v1.bin").readAllBytes();
    }
    writeGolden();
    assertArrayEquals(golden, disk.bytes(LogSegment.name(1)));
    try (WriteAheadLog log = model.open(disk, SMALL, 0, 0);
        LogReader reader = log.reader(Lsn.NONE)) {
      assertEquals(3, log.lastLsn().value());
      LogRecord second = reader.next().flatMap(first -> next(reader)).orElseThrow();
      assertEquals(new Lsn(2), second.lsn());
      assertEquals(HlcTimestamp.of(1_700_000_000_000L, 2), second.hlc());
      assertEquals(2, second.type());
      assertArrayEquals(payload(2), second.payload());
    }
  }

  private void writeGolden() throws IOException {
    try (WriteAheadLog log =
        WriteAheadLog.open(
            disk,
            SMALL,
            Lsn.NONE,
            () -> "context".getBytes(StandardCharsets.UTF_8),
            record -> {})) {
      for (int i = 1; i <= 3; i++) {
        HlcTimestamp hlc = HlcTimestamp.of(1_700_000_000_000L, i);
        byte[] payload = payload(i);
        model.appended().add(new LogUnderTest.Expected((byte) i, hlc, payload));
        log.append((byte) i, hlc, payload, 0, payload.length);
        if (i == 2) {
          log.force();
        }
      }
    }
  }

  private static Optional<LogRecord> next(LogReader reader) {
    try {
      return reader.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] payload(int i) {
    return ("record " + i + " " + "x".repeat(i % 100)).getBytes(StandardCharsets.UTF_8);
  }

  private static FutureTask<Long> tail(WriteAheadLog log, int from, int to) {
    Callable<Long> work =
        () -> {
          long count = 0;
          try (LogReader reader = log.reader(new Lsn(from))) {
            for (int i = from; i <= to; ) {
              Optional<LogRecord> next = reader.next();
              if (next.isEmpty()) {
                Thread.onSpinWait();
                continue;
              }
              LogRecord record = next.get();
              assertEquals(i, record.lsn().value());
              assertArrayEquals(payload(i), record.payload());
              assertFalse(record.lsn().isAfter(log.durableLsn()));
              count++;
              i++;
            }
          }
          return count;
        };
    return new FutureTask<>(work);
  }
}
