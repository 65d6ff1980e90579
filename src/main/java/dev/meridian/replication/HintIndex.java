package dev.meridian.replication;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is held for one target, in memory: where each hint is, sorted so that what a version vector
 * covers is found without looking at the rest. Touched under the lock of {@link HintedHandoff}.
 *
 * <p>A hint that is written is <em>pending</em> until it is forced, and counts as held from then
 * on.
 */
final class HintIndex {

  private final Map<ReplicaId, NavigableMap<Long, HintSlot>> held = new HashMap<>();
  private final Map<Dot, Pending> pending = new HashMap<>();
  private int size;

  /**
   * Written, not known to be forced.
   *
   * @param end how far the file has to be forced for it
   */
  record Pending(HintSlot slot, HintWriter writer, long end) {}

  Optional<HintSlot> get(Dot dot) {
    NavigableMap<Long, HintSlot> ofOrigin = held.get(dot.origin());
    return ofOrigin == null ? Optional.empty() : Optional.ofNullable(ofOrigin.get(dot.sequence()));
  }

  Optional<Pending> pending(Dot dot) {
    return Optional.ofNullable(pending.get(dot));
  }

  /** Changes held; those that are pending are not counted. */
  int size() {
    return size;
  }

  int pendingSize() {
    return pending.size();
  }

  boolean isEmpty() {
    return size == 0 && pending.isEmpty();
  }

  /** When the oldest of them was written; looks at each. */
  long oldestMillis() {
    return held.values().stream()
        .flatMap(ofOrigin -> ofOrigin.values().stream())
        .mapToLong(HintSlot::millis)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  void await(Pending written) {
    written.slot().file().retain();
    pending.put(written.slot().dot(), written);
  }

  /**
   * Ends the wait, once for each; returns the slot that does not count any more, if there is one.
   */
  Optional<HintSlot> settle(Pending written, boolean forced) {
    if (!pending.remove(written.slot().dot(), written)) {
      return Optional.empty(); // another who waited for it was here before
    }
    if (!forced) {
      written.slot().file().release();
      return Optional.of(written.slot());
    }
    return put(written.slot());
  }

  /** For what is found on the disk. Returns the slot that it replaces. */
  Optional<HintSlot> add(HintSlot slot) {
    slot.file().retain();
    return put(slot);
  }

  private Optional<HintSlot> put(HintSlot slot) {
    Dot dot = slot.dot();
    HintSlot before =
        held.computeIfAbsent(dot.origin(), any -> new TreeMap<>()).put(dot.sequence(), slot);
    if (before == null) {
      size++;
      return Optional.empty();
    }
    before.file().release();
    return Optional.of(before);
  }

  /** Exchanges the slot for the same place with another certainty, if it is still the one. */
  void doubt(HintSlot slot) {
    NavigableMap<Long, HintSlot> ofOrigin = held.getOrDefault(slot.dot().origin(), new TreeMap<>());
    ofOrigin.replace(slot.dot().sequence(), slot, slot.unsure());
  }

  /** Forgets it, if it is still the one. */
  boolean remove(HintSlot slot) {
    NavigableMap<Long, HintSlot> ofOrigin = held.get(slot.dot().origin());
    if (ofOrigin == null || !ofOrigin.remove(slot.dot().sequence(), slot)) {
      return false;
    }
    size--;
    slot.file().release();
    return true;
  }

  /** Forgets what the vector covers. */
  List<HintSlot> removeCovered(VersionVector applied) {
    List<HintSlot> removed = new ArrayList<>();
    applied.forEach(
        (origin, sequence) -> {
          NavigableMap<Long, HintSlot> ofOrigin = held.get(origin);
          if (ofOrigin != null) {
            NavigableMap<Long, HintSlot> covered = ofOrigin.headMap(sequence, true);
            removed.addAll(covered.values());
            covered.clear();
          }
        });
    size -= removed.size();
    removed.forEach(slot -> slot.file().release());
    return removed;
  }
}
