package dev.meridian.console;

import dev.meridian.coordinator.ClusterView;
import dev.meridian.coordinator.ClusterView.RegionReport;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Looks at the cluster once a second for all open pages together, and not at all while nobody
 * watches.
 */
@ApplicationScoped
public class LiveCluster {

  private static final System.Logger LOG = System.getLogger(LiveCluster.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final ClusterView cluster;
  private final Collections collections;
  private final Scheduler scheduler;
  private final Threads threads;
  private final WallClock wall;
  private final Set<Consumer<Picture>> watchers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean looking = new AtomicBoolean();
  private Scheduler.Timer timer = () -> {};

  @Inject
  LiveCluster(
      ClusterView cluster,
      Collections collections,
      Scheduler scheduler,
      Threads threads,
      WallClock wall) {
    this.cluster = cluster;
    this.collections = collections;
    this.scheduler = scheduler;
    this.threads = threads;
    this.wall = wall;
  }

  /**
   * The cluster at one moment.
   *
   * @param regions this region first
   * @param documents live documents here
   * @param wallMillis when it was looked at
   */
  public record Picture(
      List<RegionReport> regions, int collections, long documents, long wallMillis) {}

  public Picture now() {
    List<CollectionInfo> all = collections.list();
    long documents = all.stream().mapToLong(CollectionInfo::count).sum();
    return new Picture(cluster.reports(), all.size(), documents, wall.millis());
  }

  /** Calls {@code watcher} about once a second from a thread of its own, until stopped. */
  public Runnable watch(Consumer<Picture> watcher) {
    synchronized (this) {
      if (watchers.isEmpty()) {
        timer = scheduler.every(PERIOD, this::lookElsewhere);
      }
      watchers.add(watcher);
    }
    return () -> stop(watcher);
  }

  private synchronized void stop(Consumer<Picture> watcher) {
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
      Picture picture = now();
      watchers.forEach(watcher -> watcher.accept(picture));
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.WARNING, "the console could not look at the cluster", failed);
    } finally {
      looking.set(false);
    }
  }
}
