package dev.meridian.coordinator;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The repair under way, or the last one, and those before it.
 *
 * @param state {@code running}, {@code done}, {@code failed}, {@code cancelled}, or {@code never}
 * @param peer whom it is with
 * @param reason who or what asked for it
 * @param startedAt ISO 8601, UTC
 * @param endedAt the same; null while it runs
 * @param doing what is under way, for a person
 * @param detail why it failed
 * @param compared collections that were compared so far
 * @param toCompare how many there are; 0 while that is not known
 * @param collections those that were not the same
 * @param history the last one first; null in one that is part of it
 * @param schedule null in one that is part of the history
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RepairStatus(
    String state,
    @Nullable String peer,
    @Nullable String reason,
    @Nullable String startedAt,
    @Nullable String endedAt,
    @Nullable String doing,
    @Nullable String detail,
    int compared,
    int toCompare,
    List<Collection> collections,
    long bytesOut,
    long bytesIn,
    @Nullable List<RepairStatus> history,
    @Nullable Schedule schedule) {

  /**
   * One collection.
   *
   * @param leaves of the hash tree that were compared
   * @param differing of them
   * @param keys documents that were not the same
   * @param underWay of them, those that replication is about to bring
   * @param sent versions that the peer lacked
   * @param received versions that were lacking here
   */
  public record Collection(
      String name,
      int leaves,
      int differing,
      long keys,
      long underWay,
      long sent,
      long received,
      long bytesOut,
      long bytesIn) {}

  /**
   * When repairs start by themselves.
   *
   * @param everyMs with each peer, a fifth more or less; 0 for never
   * @param lookEveryMs after so long both look through their own data first; 0 for never
   * @param peers with whom and when next
   */
  public record Schedule(long everyMs, long lookEveryMs, List<Next> peers) {}

  /**
   * @param at ISO 8601, UTC
   */
  public record Next(String peer, String at) {}

  /** True while it is under way. */
  public boolean running() {
    return state.equals("running");
  }
}
