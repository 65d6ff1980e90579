package dev.meridian.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A batch nobody was promised is left behind; damage to anything else is refused. */
class WalDamageTest {

  private static final WalSettings SETTINGS = new WalSettings(8192, 4096, 8 << 10);
  private static final String FIRST = LogSegment.name(1);

  private final RandomGenerator random = new SplittableRandom(7);
  private final SimulatedDisk disk = new SimulatedDisk(random, 512);
  private final LogUnderTest model = new LogUnderTest();

  /** Where each record's frame starts, then where the last one ends; filled by {@link #write}. */
  private final List<Integer> starts = new ArrayList<>();

  /** Few bytes follow, and many of them could begin a frame if any number were its record's. */
  @Test
  void whatLooksLikeManyFramesDoesNotHideWhatIsBehindIt() throws IOException {
    byte[] lookAlike = new byte[1_200];
    for (int i = 2; i < lookAlike.length; i += 4) {
      lookAlike[i] = 1;
    }
    WalSettings plain = new WalSettings(8192, 4096, 4096);
    try (WriteAheadLog log =
        WriteAheadLog.open(disk, plain, Lsn.NONE, () -> new byte[0], record -> {})) {
      long second = 0;
      for (int i = 0; i < 4; i++) {
        second = i == 1 ? log.durablePoint().position() : second;
        log.append((byte) 0, HlcTimestamp.ZERO, lookAlike, 0, i == 1 ? lookAlike.length : 10);
        log.force();
      }
      byte[] bytes = disk.bytes(FIRST);
      bytes[(int) second + RecordCodecV1.HEADER_BYTES] ^= 1;
      disk.overwrite(FIRST, bytes);
      try (LogReader reader = log.readerOverGaps(new Lsn(2))) {
        assertEquals(3, reader.next().orElseThrow().lsn().value());
      }
    }
  }

  @Test
  void lastBatchTornAtEveryByteIsCutAtTheLastWholeRecord() throws IOException {
    write(3, 4);
    byte[] whole = disk.bytes(FIRST);
    int batchStart = starts.get(8);
    for (int torn = batchStart; torn < starts.get(12); torn++) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, torn, bytes.length, (byte) 0);
      assertEquals(recordsBefore(torn), reopenAndGoOn(bytes), "torn at byte " + torn);
    }
  }

  @Test
  void lastBatchWhoseFirstBytesAreMissingIsCutBeforeIt() throws IOException {
    write(3, 4);
    byte[] whole = disk.bytes(FIRST);
    int batchStart = starts.get(8);
    for (int from = batchStart + 4; from < starts.get(12); from++) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, batchStart, from, (byte) 0);
      assertEquals(8, reopenAndGoOn(bytes), "missing up to byte " + from);
    }
  }

  @Test
  void holeInABatchThatALaterOneVouchesForIsRefused() throws IOException {
    write(3, 4);
    byte[] whole = disk.bytes(FIRST);
    for (int from = starts.get(4); from < starts.get(8); from++) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, from, starts.get(8), (byte) 0);
      if (!Arrays.equals(bytes, whole)) {
        assertRefused(bytes, recordsBefore(from));
      }
    }
  }

  @Test
  void onlyTheTornBatchIsCutWhenItsSecondHalfSurvives() throws IOException {
    write(3, 4);
    byte[] bytes = disk.bytes(FIRST);
    bytes[starts.get(9) + 40] ^= 1;
    assertEquals(9, reopenAndGoOn(bytes));
  }

  @Test
  void flippedBitInWhatWasForcedIsRefused() throws IOException {
    write(3, 4);
    byte[] whole = disk.bytes(FIRST);
    for (int i = 0; i < 2_000; i++) {
      int at = random.nextInt(starts.getFirst(), starts.get(8));
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      assertRefused(bytes, recordsBefore(at));
    }
  }

  @Test
  void flippedBitAnywhereIsRefusedAfterAnOrderlyClose() throws IOException {
    write(2, 3);
    disk.restart();
    model.open(disk, SETTINGS).close();
    byte[] whole = disk.bytes(FIRST);
    for (int at = starts.getFirst(); at < starts.getLast(); at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      assertRefused(bytes, recordsBefore(at));
    }
  }

  @Test
  void flippedBitInAHeaderIsRefused() throws IOException {
    write(1, 1);
    byte[] whole = disk.bytes(FIRST);
    for (int at = 0; at < starts.getFirst(); at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      LogDamagedException refused = refused(bytes, 0);
      assertEquals(0, refused.offset());
      assertEquals(1, refused.lsn().value());
    }
  }

  @Test
  void damageInAClosedSegmentIsRefusedEvenAtItsEnd() throws IOException {
    writeSegments(3);
    byte[] whole = disk.bytes(FIRST);
    int end = whole.length;
    while (whole[end - 1] == 0) {
      end--;
    }
    for (int at = end - 1; at > end - 300; at--) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, at, bytes.length, (byte) 0);
      if (whole[at] != 0) {
        refused(bytes, 0);
      }
    }
  }

  @Test
  void segmentsBeforeTheReplayAreNotRead() throws IOException {
    writeSegments(3);
    byte[] bytes = disk.bytes(FIRST);
    bytes[4000] ^= 1;
    disk.overwrite(FIRST, bytes);
    long second = secondSegment();
    model.open(disk, SETTINGS, second, model.last()).close();
    refused(bytes, 0);
  }

  @Test
  void missingSegmentIsRefused() throws IOException {
    writeSegments(4);
    long second = secondSegment();
    disk.delete(LogSegment.name(second));
    LogDamagedException refused =
        assertThrows(LogDamagedException.class, () -> model.open(disk, SETTINGS));
    assertEquals(second, refused.lsn().value());
    // Also when only the last segment would be replayed.
    assertThrows(
        LogDamagedException.class, () -> model.open(disk, SETTINGS, model.last(), model.last()));
  }

  @Test
  void missingFirstSegmentIsRefusedUnlessTheTablesReachThatFar() throws IOException {
    writeSegments(3);
    long second = secondSegment();
    disk.delete(FIRST);
    LogDamagedException refused =
        assertThrows(LogDamagedException.class, () -> model.open(disk, SETTINGS));
    assertEquals(1, refused.lsn().value());
    try (WriteAheadLog log = model.open(disk, SETTINGS, second - 1, model.last())) {
      assertEquals(second, log.segments().getFirst().firstLsn().value());
      assertThrows(IllegalArgumentException.class, () -> log.reader(new Lsn(second - 1)));
    }
  }

  @Test
  void logThatEndsBeforeTheTablesIsRefused() throws IOException {
    write(1, 2);
    disk.restart();
    long last = model.last();
    LogDamagedException refused =
        assertThrows(
            LogDamagedException.class, () -> model.open(disk, SETTINGS, last + 1, last + 1));
    assertEquals(last + 1, refused.lsn().value());
    SimulatedDisk empty = new SimulatedDisk(random, 512);
    assertThrows(LogDamagedException.class, () -> model.open(empty, SETTINGS, 1, 1));
  }

  @Test
  void fileOfAnotherSizeIsRefused() throws IOException {
    write(1, 2);
    byte[] whole = disk.bytes(FIRST);
    refused(Arrays.copyOf(whole, whole.length - 1), 0);
    refused(Arrays.copyOf(whole, whole.length + 1), 0);
    refused(new byte[0], 0);
  }

  @Test
  void readerRefusesWhatDecayedWhileTheLogIsOpen() throws IOException {
    try (WriteAheadLog log = model.open(disk, SETTINGS)) {
      fill(log, 2, 3);
      byte[] bytes = disk.bytes(FIRST);
      bytes[starts.get(2) + 35] ^= 4;
      disk.overwrite(FIRST, bytes);
      try (LogReader reader = log.reader(Lsn.NONE)) {
        model.check(reader.next().orElseThrow(), 1);
        model.check(reader.next().orElseThrow(), 2);
        LogDamagedException refused = assertThrows(LogDamagedException.class, reader::next);
        assertEquals(starts.get(2).longValue(), refused.offset());
        assertEquals(3, refused.lsn().value());
      }
    }
  }

  @Test
  void framesMadeUpByAClientDoNotPassForRecords() throws IOException {
    write(2, 2);
    byte[] foreign = Arrays.copyOfRange(disk.bytes(FIRST), starts.get(1), starts.get(4));
    SimulatedDisk other = new SimulatedDisk(random, 512);
    WriteAheadLog log =
        WriteAheadLog.open(other, SETTINGS, Lsn.NONE, () -> new byte[] {9}, record -> {});
    log.append((byte) 1, HlcTimestamp.ZERO, foreign, 0, foreign.length);
    log.force();
    byte[] bytes = other.bytes(FIRST);
    int first = SegmentHeaderV1.bytesFor(new byte[1]);
    Arrays.fill(bytes, first, first + RecordCodecV1.HEADER_BYTES, (byte) 0);
    other.overwrite(FIRST, bytes);
    other.restart();
    new LogUnderTest().open(other, SETTINGS).close();
  }

  @Test
  void headOfALargeTornRecordIsCut() throws IOException {
    WriteAheadLog log = model.open(disk, SETTINGS);
    model.append(log, random, 4000);
    log.force();
    byte[] bytes = disk.bytes(FIRST);
    int start = SegmentHeaderV1.bytesFor(log.segments().getFirst().context());
    Arrays.fill(bytes, start + RecordCodecV1.HEADER_BYTES, bytes.length, (byte) 0);
    assertEquals(0, reopenAndGoOn(bytes));
  }

  @Test
  void endlessSearchForFramesEndsInARefusal() throws IOException {
    WriteAheadLog log = model.open(disk, SETTINGS);
    ByteBuffer payload = ByteBuffer.allocate(4000);
    while (payload.remaining() >= 30) {
      payload.putInt(4000).putInt(0).putLong(1).put(new byte[14]);
    }
    log.append((byte) 1, HlcTimestamp.ZERO, payload.array(), 0, payload.capacity());
    log.force();
    byte[] bytes = disk.bytes(FIRST);
    bytes[SegmentHeaderV1.bytesFor(log.segments().getFirst().context()) + 5] ^= 1;
    assertTrue(refused(bytes, 0).getMessage().contains("too many possible frames"));
  }

  /** Batches of records in one segment, forced and not closed. */
  private void write(int batches, int recordsEach) throws IOException {
    fill(model.open(disk, SETTINGS), batches, recordsEach);
  }

  private void fill(WriteAheadLog log, int batches, int recordsEach) throws IOException {
    starts.add(SegmentHeaderV1.bytesFor(log.segments().getFirst().context()));
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < recordsEach; i++) {
        int length = random.nextInt(90);
        model.append(log, random, length);
        starts.add(starts.getLast() + RecordCodecV1.HEADER_BYTES + length);
      }
      log.force();
    }
  }

  private void writeSegments(int segments) throws IOException {
    WriteAheadLog log = model.open(disk, SETTINGS);
    while (log.segments().size() < segments) {
      model.append(log, random, 700);
    }
    log.force();
    disk.restart();
  }

  private long secondSegment() throws IOException {
    return Long.parseLong(
        disk.list().stream().filter(LogSegment::isName).sorted().toList().get(1).substring(0, 20));
  }

  /** How many records end at or before a byte. */
  private int recordsBefore(int position) {
    int records = 0;
    while (records + 1 < starts.size() && starts.get(records + 1) <= position) {
      records++;
    }
    return records;
  }

  /** Opens a log with these bytes, appends to it, opens it again; how many records were found. */
  private long reopenAndGoOn(byte[] bytes) throws IOException {
    SimulatedDisk copy = new SimulatedDisk(random, 512);
    LogUnderTest found = new LogUnderTest();
    found.appended().addAll(model.appended());
    copy.create(FIRST, bytes.length).close();
    copy.overwrite(FIRST, bytes);
    copy.force();
    WriteAheadLog log = found.open(copy, SETTINGS, 0, 0);
    long last = log.lastLsn().value();
    found.append(log, random, random.nextInt(90));
    log.force();
    copy.crash();
    try (WriteAheadLog again = found.open(copy, SETTINGS);
        LogReader reader = again.reader(Lsn.NONE)) {
      assertEquals(last + 2, found.drain(reader, 1));
    }
    return last;
  }

  private void assertRefused(byte[] bytes, int wholeRecords) throws IOException {
    LogDamagedException refused = refused(bytes, wholeRecords);
    assertEquals(starts.get(wholeRecords).longValue(), refused.offset());
    assertEquals(wholeRecords + 1L, refused.lsn().value());
    assertTrue(
        refused
            .getMessage()
            .contains(
                "file=/simulated/"
                    + FIRST
                    + " offset="
                    + refused.offset()
                    + " lsn="
                    + refused.lsn()),
        refused.getMessage());
  }

  private LogDamagedException refused(byte[] bytes, int atMostReplayed) throws IOException {
    disk.overwrite(FIRST, bytes);
    disk.restart();
    List<LogRecord> replayed = new ArrayList<>();
    LogDamagedException refused =
        assertThrows(
            LogDamagedException.class,
            () -> WriteAheadLog.open(disk, SETTINGS, Lsn.NONE, () -> new byte[0], replayed::add));
    for (int i = 0; i < replayed.size(); i++) {
      model.check(replayed.get(i), i + 1);
    }
    assertEquals(Arrays.hashCode(bytes), Arrays.hashCode(disk.bytes(FIRST)), "nothing changed");
    assertTrue(atMostReplayed == 0 || replayed.size() == atMostReplayed);
    return refused;
  }
}
