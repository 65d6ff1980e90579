package dev.meridian.console;

import dev.meridian.coordinator.Storage;
import dev.meridian.coordinator.StorageStatus;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.Consumer;

/** The disk side of this region as all open pages see it. */
@ApplicationScoped
public class LiveStorage {

  private final Storage storage;
  private final WallClock wall;
  private final Live<Picture> live;

  @Inject
  LiveStorage(Storage storage, Scheduler scheduler, Threads threads, WallClock wall) {
    this.storage = storage;
    this.wall = wall;
    this.live = new Live<>("storage", this::now, scheduler, threads);
  }

  /**
   * @param wallMillis when it was looked at
   */
  public record Picture(StorageStatus status, long wallMillis) {}

  public Picture now() {
    return new Picture(storage.status(), wall.millis());
  }

  /** Calls {@code watcher} about once a second from a thread of its own, until stopped. */
  public Runnable watch(Consumer<Picture> watcher) {
    return live.watch(watcher);
  }
}
