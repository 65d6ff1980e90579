package dev.meridian.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What waits for the writer. Bounded: a task that does not fit is not taken. Any thread offers, the
 * writer takes.
 */
final class WriterQueue {

  private final Queue<Writer.Task> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final int capacity;
  private final Runnable wakeWriter;
  private volatile boolean closed;

  /** The writer found nothing and waits for a task. While it waits for a table, it is not woken. */
  private volatile boolean starved;

  /**
   * @param capacity the most mutations that wait
   * @param wakeWriter called by who offers a task to a writer that waits for one
   */
  WriterQueue(int capacity, Runnable wakeWriter) {
    this.capacity = capacity;
    this.wakeWriter = wakeWriter;
  }

  /** False when the queue is full or closed. */
  boolean offer(Writer.Task task) {
    if (closed || size.get() + task.size() > capacity) {
      return false;
    }
    size.addAndGet(task.size());
    tasks.add(task);
    if (starved) {
      starved = false;
      wakeWriter.run();
    }
    return true;
  }

  /**
   * Takes all there are, up to about {@code maxSize}. False when there are none: the next one that
   * is offered wakes the writer.
   */
  boolean take(List<Writer.Task> into, int maxSize) {
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
    while (task != null) {
      into.add(task);
      taken += task.size();
      task = taken < maxSize ? tasks.poll() : null;
    }
    size.addAndGet(-taken);
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
}
