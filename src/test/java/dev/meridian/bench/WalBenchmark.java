package dev.meridian.bench;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.env.SystemEnvironment;
import dev.meridian.wal.DiskLogDirectory;
import dev.meridian.wal.ForceStats;
import dev.meridian.wal.GapPolicy;
import dev.meridian.wal.LogDirectory;
import dev.meridian.wal.LogReader;
import dev.meridian.wal.WalSettings;
import dev.meridian.wal.WriteAheadLog;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * What does a durable record cost, and how long does a force take?
 *
 * <p>Arguments: an empty directory on the disk in question, then optionally records per batch (64),
 * payload bytes (330) and seconds (10). One thread appends and forces; segments are made ahead by
 * another.
 */
final class WalBenchmark {

  private static final int WARM_UP_SECONDS = 2;

  private final LogDirectory directory;
  private final int batch;
  private final byte[] payload;

  private WalBenchmark(LogDirectory directory, int batch, int payloadBytes) {
    this.directory = directory;
    this.batch = batch;
    this.payload = new byte[payloadBytes];
    new Random(1).nextBytes(payload);
  }

  public static void main(String[] args) throws IOException {
    int batch = args.length > 1 ? Integer.parseInt(args[1]) : 64;
    int payloadBytes = args.length > 2 ? Integer.parseInt(args[2]) : 330;
    int seconds = args.length > 3 ? Integer.parseInt(args[3]) : 10;
    LogDirectory directory = new DiskLogDirectory(Path.of(args[0]));
    WalBenchmark benchmark = new WalBenchmark(directory, batch, payloadBytes);
    try (SystemEnvironment environment = new SystemEnvironment()) {
      benchmark.run(environment, seconds);
    }
  }

  private void run(SystemEnvironment environment, int seconds) throws IOException {
    try (WriteAheadLog log = open(environment)) {
      measure(log, WARM_UP_SECONDS);
      print("append + force", measure(log, seconds), log.forceStats());
      try (LogReader reader = log.reader(Lsn.NONE)) {
        long start = System.nanoTime();
        long records = 0;
        while (reader.next().isPresent()) {
          records++;
        }
        System.out.printf(
            Locale.ROOT,
            "read back: %,.0f records/s%n",
            records * 1e9 / (System.nanoTime() - start));
      }
    }
    long start = System.nanoTime();
    try (WriteAheadLog log = open(environment)) {
      System.out.printf(
          Locale.ROOT,
          "reopen with replay of %s records: %.0f ms%n",
          log.lastLsn(),
          (System.nanoTime() - start) / 1e6);
    }
  }

  private WriteAheadLog open(SystemEnvironment environment) throws IOException {
    return WriteAheadLog.open(
        directory,
        WalSettings.defaults(),
        environment,
        environment,
        Lsn.NONE,
        () -> new byte[64],
        record -> {},
        GapPolicy.REFUSE);
  }

  private record Result(long records, double seconds, double writerCpu, double allCpu) {}

  private Result measure(WriteAheadLog log, int seconds) throws IOException {
    long allCpu = processCpu();
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    long records = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < batch; i++) {
        log.append((byte) 1, HlcTimestamp.ZERO, payload, 0, payload.length);
      }
      log.force();
      records += batch;
    }
    return new Result(
        records,
        (System.nanoTime() - start) / 1e9,
        (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9,
        (processCpu() - allCpu) / 1e9);
  }

  private void print(String what, Result result, ForceStats stats) {
    System.out.printf(
        Locale.ROOT,
        "%s: batch=%d payload=%d: %,.0f records/s, CPU us/record: writer %.2f, process %.2f%n",
        what,
        batch,
        payload.length,
        result.records() / result.seconds(),
        result.writerCpu() * 1e6 / result.records(),
        result.allCpu() * 1e6 / result.records());
    System.out.printf(
        Locale.ROOT,
        "recent forces: p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
        stats.p50Millis(),
        stats.p99Millis(),
        stats.maxMillis());
  }

  private static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
