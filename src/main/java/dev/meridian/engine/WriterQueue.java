package dev.meridian.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What waits for the writer. Bounded: a task that does not fit is not taken. Any thread offers, the
 * writer takes.
 */
final class WriterQueue {

  private final Queue<Writer.Task> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final int capacity;
  private volatile boolean closed;
  private volatile Thread sleeper;

  /**
   * @param capacity the most mutations that wait
   */
  WriterQueue(int capacity) {
    this.capacity = capacity;
  }

  /** False when the queue is full or closed. */
  boolean offer(Writer.Task task) {
    if (closed || size.get() + task.size() > capacity) {
      return false;
    }
    size.addAndGet(task.size());
    tasks.add(task);
    wake();
    return true;
  }

  /**
   * Waits for at least one task, then takes all there are, up to about {@code maxSize}. False when
   * the queue is closed and empty.
   */
  boolean take(List<Writer.Task> into, int maxSize) {
    Writer.Task task = tasks.poll();
    while (task == null) {
      if (closed) {
        task = tasks.poll(); // one that came just before the close
        if (task == null) {
          return false;
        }
        break;
      }
      sleeper = Thread.currentThread();
      task = tasks.poll();
      if (task == null && !closed) {
        LockSupport.park(this);
        task = tasks.poll();
      }
      sleeper = null;
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
    wake();
  }

  int size() {
    return size.get();
  }

  private void wake() {
    Thread waiting = sleeper;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }
}
