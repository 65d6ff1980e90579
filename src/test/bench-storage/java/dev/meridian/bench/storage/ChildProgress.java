package dev.meridian.bench.storage;

import java.util.concurrent.atomic.AtomicLong;

/** What a process of the benchmark is doing, told once a second to who started it. */
final class ChildProgress {

  private final AtomicLong done = new AtomicLong();
  private volatile long total;

  /**
   * Begins a part of the work.
   *
   * @param documents how many it is about; 0 when that is not known
   */
  void phase(String name, long documents) {
    total = documents;
    done.set(0);
    Report.say(Report.PHASE, name);
  }

  /** So many documents of the phase are done. */
  void done(long documents) {
    done.set(documents);
  }

  /** So many more are. */
  void more(long documents) {
    done.addAndGet(documents);
  }

  void report() {
    Thread.ofPlatform()
        .daemon()
        .name("progress")
        .start(
            () -> {
              try {
                while (true) {
                  Thread.sleep(1000);
                  Report.say(Report.PROGRESS, done.get(), total);
                }
              } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
