package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import java.util.List;

/**
 * What was asked of a request, what was given, why, and at which cost.
 *
 * @param asked in the words of the request headers, with its parameter if it has one
 * @param got the guarantee that was given, in the same words
 * @param why for a person; printable ASCII
 * @param regions whose copies stand behind the answer, the one that was read first
 * @param acks how many regions agreed or hold the write, this one included
 * @param need how many were needed
 * @param times what the request waited for
 */
public record Receipt(
    String asked,
    String got,
    String why,
    List<ReplicaId> regions,
    int acks,
    int need,
    Times times) {

  /**
   * Parts of a request's time; 0 for what there was none of.
   *
   * @param logNanos until the write was forced to this region's log
   * @param applyNanos from then until it was readable and the log's writer had answered
   * @param waitNanos until the guarantee could be given, all in all
   * @param wanNanos of that, waiting for other regions to answer
   */
  public record Times(long logNanos, long applyNanos, long waitNanos, long wanNanos) {

    public static final Times NONE = new Times(0, 0, 0, 0);

    Times(HereNanos here, long waitNanos, long wanNanos) {
      this(here.log(), here.apply(), waitNanos, wanNanos);
    }

    HereNanos here() {
      return new HereNanos(logNanos, applyNanos);
    }
  }

  Receipt because(String reason) {
    return new Receipt(asked, got, reason, regions, acks, need, times);
  }

  /** The same with what was not here fetched from other regions. */
  Receipt fetched(List<ReplicaId> from, long nanos) {
    List<ReplicaId> all = new java.util.ArrayList<>(regions);
    from.stream().filter(region -> !all.contains(region)).forEach(all::add);
    String names =
        from.stream().map(ReplicaId::value).collect(java.util.stream.Collectors.joining(", "));
    Times longer = new Times(times.here(), times.waitNanos() + nanos, times.wanNanos() + nanos);
    return new Receipt(
        asked, got, why + "; body from " + names, List.copyOf(all), acks, need, longer);
  }

  /** The same for one who had another region do it. */
  Receipt madeBy(ReplicaId region, long nanos) {
    Times longer = new Times(times.here(), Math.max(nanos, times.waitNanos()), nanos);
    return new Receipt(asked, got, "made in " + region + ": " + why, regions, acks, need, longer);
  }

  /** Given by this region alone. */
  static Receipt local(String asked, String got, String why, ReplicaId self, Times times) {
    return new Receipt(asked, got, why, List.of(self), 1, 1, times);
  }
}
