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
import java.util.List;
import java.util.function.Consumer;

/** The cluster as all open pages see it. */
@ApplicationScoped
public class LiveCluster {

  private final ClusterView cluster;
  private final Collections collections;
  private final WallClock wall;
  private final Live<Picture> live;

  @Inject
  LiveCluster(
      ClusterView cluster,
      Collections collections,
      Scheduler scheduler,
      Threads threads,
      WallClock wall) {
    this.cluster = cluster;
    this.collections = collections;
    this.wall = wall;
    this.live = new Live<>("cluster", this::now, scheduler, threads);
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
    return live.watch(watcher);
  }
}
