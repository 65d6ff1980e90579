package dev.meridian.console;

import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.RepairStatus;
import dev.meridian.coordinator.Repairs;
import dev.meridian.env.Scheduler;
import dev.meridian.env.Threads;
import dev.meridian.env.WallClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Consumer;

/** Repairs and proofs as all open pages see them. */
@ApplicationScoped
public class LiveRepairs {

  private final Repairs repairs;
  private final Collections collections;
  private final WallClock wall;
  private final Live<Picture> live;

  @Inject
  LiveRepairs(
      Repairs repairs,
      Collections collections,
      Scheduler scheduler,
      Threads threads,
      WallClock wall) {
    this.repairs = repairs;
    this.collections = collections;
    this.wall = wall;
    this.live = new Live<>("repairs", this::now, scheduler, threads);
  }

  /**
   * @param collections by name
   * @param wallMillis when it was looked at
   */
  public record Picture(
      RepairStatus repair, Repairs.ProofStatus proof, List<String> collections, long wallMillis) {}

  public Picture now() {
    return new Picture(
        repairs.status(),
        repairs.proof(),
        collections.list().stream().map(info -> info.name().value()).toList(),
        wall.millis());
  }

  /** Calls {@code watcher} about once a second from a thread of its own, until stopped. */
  public Runnable watch(Consumer<Picture> watcher) {
    return live.watch(watcher);
  }
}
