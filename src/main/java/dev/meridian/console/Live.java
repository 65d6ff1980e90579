package dev.meridian.console;

import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at something once a second for all open pages together, and not at all while nobody
 * watches.
 */
final class Live<T> {

  private static final System.Logger LOG = System.getLogger(Live.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final String what;
  private final Supplier<T> source;
  private final Scheduler scheduler;
  private final Threads threads;
  private final Set<Consumer<T>> watchers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean looking = new AtomicBoolean();
  private Scheduler.Timer timer = () -> {};

  /**
   * @param what is looked at, for the log
   */
  Live(String what, Supplier<T> source, Scheduler scheduler, Threads threads) {
    this.what = what;
    this.source = source;
    this.scheduler = scheduler;
    this.threads = threads;
  }

  /** Calls {@code watcher} about once a second from a thread of its own, until stopped. */
  Runnable watch(Consumer<T> watcher) {
    synchronized (this) {
      if (watchers.isEmpty()) {
        timer = scheduler.every(PERIOD, this::lookElsewhere);
      }
      watchers.add(watcher);
    }
    return () -> stop(watcher);
  }

  private synchronized void stop(Consumer<T> watcher) {
    if (watchers.remove(watcher) && watchers.isEmpty()) {
      timer.cancel();
    }
  }

  /** The timers' thread also drives the links between regions, so nothing may hold it up. */
  private void lookElsewhere() {
    if (looking.compareAndSet(false, true)) {
      threads.startVirtual("console-look", this::look);
    }
  }

  private void look() {
    try {
      T picture = source.get();
      watchers.forEach(watcher -> watcher.accept(picture));
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.WARNING, "the console could not look at the " + what, failed);
    } finally {
      looking.set(false);
    }
  }
}
