package dev.meridian.bench.storage;

import java.util.SplittableRandom;

/** Gets and pages of one thread, in random order, from a store that is warm. */
final class RandomReads {

  private static final int PAGE = 100;
  private static final int GENERATED_ALONE = 200_000;

  private final Corpus corpus;
  private final double seconds;
  private final ChildProgress progress;

  /**
   * @param seconds each round takes
   */
  RandomReads(Corpus corpus, double seconds, ChildProgress progress) {
    this.corpus = corpus;
    this.seconds = seconds;
    this.progress = progress;
  }

  void gets(Subject store, String name, ToId ids, int length) {
    SplittableRandom random = new SplittableRandom(1);
    double idMicros = idAlone(ids);
    double[][] figures = new double[4][StorageChild.ROUNDS];
    for (int round = -1; round < StorageChild.ROUNDS; round++) {
      progress.phase(
          round < 0 ? name + ", warm-up" : name + " " + (round + 1) + " of " + StorageChild.ROUNDS,
          0);
      Latencies latencies = new Latencies();
      long cpu = ProcessFigures.cpuNanos();
      long start = System.nanoTime();
      getFor(store, ids, length, random, latencies);
      if (round >= 0) {
        long count = latencies.count();
        figures[0][round] = count * 1e9 / (System.nanoTime() - start);
        figures[1][round] = (ProcessFigures.cpuNanos() - cpu) / 1e3 / count - idMicros;
        figures[2][round] = latencies.micros(0.5);
        figures[3][round] = latencies.micros(0.99);
      }
    }
    Report.row(name + ", warm, per second, one thread", 0, figures[0]);
    Report.row(name + ", warm, CPU µs", 2, figures[1]);
    Report.row(name + ", warm, p50 µs", 2, figures[2]);
    Report.row(name + ", warm, p99 µs", 2, figures[3]);
  }

  /** Which id stands for a document's number. */
  @FunctionalInterface
  interface ToId {
    String of(long number);
  }

  private void getFor(
      Subject store, ToId ids, int length, SplittableRandom random, Latencies latencies) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long now = System.nanoTime();
    while (now < end) {
      String id = ids.of(random.nextLong(corpus.count()));
      long before = System.nanoTime();
      int found = store.get(id);
      now = System.nanoTime();
      latencies.add(now - before);
      if (found != length) {
        throw new IllegalStateException(id + " has " + found + " bytes instead of " + length);
      }
    }
  }

  private double idAlone(ToId ids) {
    SplittableRandom random = new SplittableRandom(2);
    double micros = 0;
    long sum = 0;
    for (int round = 0; round < 2; round++) {
      long cpu = ProcessFigures.cpuNanos();
      for (int i = 0; i < GENERATED_ALONE; i++) {
        sum += ids.of(random.nextLong(corpus.count())).hashCode() + System.nanoTime();
      }
      micros = (ProcessFigures.cpuNanos() - cpu) / 1e3 / GENERATED_ALONE;
    }
    return sum == 0 ? 0 : micros;
  }

  void pages(Subject store) {
    SplittableRandom random = new SplittableRandom(3);
    double[] perSecond = new double[StorageChild.ROUNDS];
    double[] cpuMicros = new double[StorageChild.ROUNDS];
    long[] bytes = {0};
    for (int round = -1; round < StorageChild.ROUNDS; round++) {
      progress.phase(
          round < 0 ? "pages, warm-up" : "pages " + (round + 1) + " of " + StorageChild.ROUNDS, 0);
      long cpu = ProcessFigures.cpuNanos();
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      long count = 0;
      for (; System.nanoTime() < end; count++) {
        long number = random.nextLong(Math.max(1, corpus.count() - PAGE));
        store.page(
            corpus.absentId(number), PAGE, (id, array, offset, length) -> bytes[0] += length);
      }
      if (round >= 0) {
        perSecond[round] = count * 1e9 / (System.nanoTime() - start);
        cpuMicros[round] = (ProcessFigures.cpuNanos() - cpu) / 1e3 / count;
      }
    }
    Report.row("page of 100, per second, one thread", 0, perSecond);
    Report.row("page of 100, CPU µs", 1, cpuMicros);
  }
}
