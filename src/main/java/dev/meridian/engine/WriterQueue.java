package dev.meridian.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits for the writer. Bounded: a task that does not fit is not taken. Any thread offers, the
 * writer takes.
 */
final class WriterQueue {

  private final Queue<Writer.Task> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final int capacity;
  private final long byteCapacity;
  private final Runnable wakeWriter;
  private volatile boolean closed;

  /** The writer found nothing and waits for a task. While it waits for a table, it is not woken. */
  private volatile boolean starved;

  /**
   * @param capacity the most mutations that wait
   * @param byteCapacity the most bytes of them; a larger task is taken where nothing else waits
   * @param wakeWriter called by who offers a task to a writer that waits for one
   */
  WriterQueue(int capacity, long byteCapacity, Runnable wakeWriter) {
    this.capacity = capacity;
    this.byteCapacity = byteCapacity;
    this.wakeWriter = wakeWriter;
  }

  /** False when the queue is full or closed. */
  boolean offer(Writer.Task task) {
    long waiting = bytes.get();
    boolean fits = waiting == 0 || task.bytes() == 0 || waiting + task.bytes() <= byteCapacity;
    if (closed || !fits || size.get() + task.size() > capacity) {
      return false;
    }
    size.addAndGet(task.size());
    bytes.addAndGet(task.bytes());
    tasks.add(task);
    if (starved) {
      starved = false;
      wakeWriter.run();
    }
    return true;
  }

  /**
   * Takes all there are, until they are {@code maxSize} or have {@code maxBytes}. False when there
   * are none: the next one that is offered wakes the writer.
   */
  boolean take(List<Writer.Task> into, int maxSize, long maxBytes) {
    Writer.Task task = tasks.poll();
    if (task == null) {
      starved = true;
      task = tasks.poll(); // one that came just before
      if (task == null) {
        return false;
      }
      starved = false;
    }
    int taken = 0;
    long takenBytes = 0;
    while (task != null) {
      into.add(task);
      taken += task.size();
      takenBytes += task.bytes();
      task = taken < maxSize && takenBytes < maxBytes ? tasks.poll() : null;
    }
    size.addAndGet(-taken);
    bytes.addAndGet(-takenBytes);
    return true;
  }

  /** Takes nothing more; what is in it is still handed out. */
  void close() {
    closed = true;
    wakeWriter.run();
  }

  /** True when nothing is left and nothing will come. */
  boolean isOver() {
    return closed && tasks.isEmpty();
  }

  int size() {
    return size.get();
  }

  long bytes() {
    return bytes.get();
  }
}
