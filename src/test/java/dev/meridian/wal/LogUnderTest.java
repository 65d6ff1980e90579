package dev.meridian.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A log with a memory of what was put into it. */
final class LogUnderTest {

  /** What one record has to be. */
  record Expected(byte type, HlcTimestamp hlc, byte[] payload) {}

  private final List<Expected> appended = new ArrayList<>();

  /** What {@code lsn} was given, by position: the first has LSN 1. */
  List<Expected> appended() {
    return appended;
  }

  long last() {
    return appended.size();
  }

  /** Opens the log and checks that exactly the records after {@code replayFrom} come back. */
  WriteAheadLog open(LogDirectory directory, WalSettings settings, long replayFrom, long mustHave)
      throws IOException {
    List<LogRecord> replayed = new ArrayList<>();
    WriteAheadLog log =
        WriteAheadLog.open(directory, settings, new Lsn(replayFrom), this::context, replayed::add);
    for (int i = 0; i < replayed.size(); i++) {
      check(replayed.get(i), replayFrom + 1 + i);
    }
    long found = log.lastLsn().value();
    assertEquals(replayFrom + replayed.size(), found);
    assertEquals(found, log.durableLsn().value());
    if (found < mustHave) {
      throw new AssertionError("records " + (found + 1) + " to " + mustHave + " are lost");
    }
    appended.subList((int) found, appended.size()).clear();
    return log;
  }

  WriteAheadLog open(LogDirectory directory, WalSettings settings) throws IOException {
    return open(directory, settings, 0, last());
  }

  /** Appends a record of random content, now and then one that can be compressed. */
  void append(WriteAheadLog log, RandomGenerator random, int length) throws IOException {
    byte[] bytes = new byte[length + 8];
    random.nextBytes(bytes);
    if (length > 256 && random.nextInt(4) == 0) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bytes[i] & 1 | 2); // compresses well
      }
    }
    int offset = random.nextInt(9);
    byte[] payload = new byte[length];
    System.arraycopy(bytes, offset, payload, 0, length);
    HlcTimestamp hlc = new HlcTimestamp(random.nextLong());
    byte type = (byte) random.nextInt();
    Expected expected = new Expected(type, hlc, payload);
    appended.add(expected);
    try {
      Lsn lsn = log.append(type, hlc, bytes, offset, length);
      assertEquals(appended.size(), lsn.value());
    } catch (LogFullException e) {
      appended.removeLast();
      throw e;
    }
  }

  void check(LogRecord record, long lsn) {
    assertEquals(lsn, record.lsn().value());
    Expected expected = appended.get((int) lsn - 1);
    assertEquals(expected.type(), record.type());
    assertEquals(expected.hlc(), record.hlc());
    assertArrayEquals(expected.payload(), record.payload(), () -> "payload of LSN " + lsn);
  }

  /** Reads all there is and checks it; returns the LSN after the last one. */
  long drain(LogReader reader, long fromLsn) throws IOException {
    long lsn = fromLsn;
    Optional<LogRecord> record = reader.next();
    while (record.isPresent()) {
      check(record.orElseThrow(), lsn++);
      record = reader.next();
    }
    return lsn;
  }

  private byte[] context() {
    return ("before " + (appended.isEmpty() ? 1 : appended.size()))
        .getBytes(StandardCharsets.UTF_8);
  }
}
