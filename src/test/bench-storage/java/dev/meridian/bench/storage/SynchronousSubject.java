package dev.meridian.bench.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A store whose writes block. A thread of its own writes, so that the next group is made meanwhile,
 * as it is for the store under test.
 */
abstract class SynchronousSubject implements Subject {

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          body -> Thread.ofPlatform().daemon().name("peer-writer").unstarted(body));
  private volatile long changeBytes;
  private volatile long groups;
  private volatile Optional<Exception> failure = Optional.empty();

  /** Writes a group; on return it would survive a crash. */
  abstract void writeNow(List<Write> group) throws Exception;

  @Override
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
  public final void write(List<Write> group, Runnable done) {
    writer.execute(
        () -> {
          try {
            writeNow(group);
          } catch (Exception failed) {
            failure = Optional.of(failed);
          }
          long bytes = 0;
          for (Write write : group) {
            bytes += write.id().length() + write.body().length;
          }
          changeBytes += bytes;
          groups++;
          done.run();
        });
  }

  @Override
  public final int groupsUnderWay() {
    return 2;
  }

  @Override
  public final void check() throws IOException {
    if (failure.isPresent()) {
      throw new IOException("a write failed", failure.get());
    }
  }

  @Override
  public final int scanPage() {
    return Integer.MAX_VALUE;
  }

  @Override
  public final long changeBytes() {
    return changeBytes;
  }

  @Override
  public final long forces() {
    return groups;
  }

  final void stopWriter() throws IOException {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IOException("the writer did not end");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
