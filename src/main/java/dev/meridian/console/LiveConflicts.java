package dev.meridian.console;

import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Consumer;

/** How many conflicts are open, as all open pages see it. */
@ApplicationScoped
public class LiveConflicts {

  private final Collections collections;
  private final Live<List<CollectionInfo>> live;

  @Inject
  LiveConflicts(Collections collections, Scheduler scheduler, Threads threads) {
    this.collections = collections;
    this.live = new Live<>("conflicts", this::now, scheduler, threads);
  }

  public List<CollectionInfo> now() {
    return collections.list();
  }

  /** Calls {@code watcher} about once a second from a thread of its own, until stopped. */
  public Runnable watch(Consumer<List<CollectionInfo>> watcher) {
    return live.watch(watcher);
  }
}
