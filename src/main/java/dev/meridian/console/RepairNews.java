package dev.meridian.console;

import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.RepairStatus;
import dev.meridian.coordinator.Repairs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the regions hold the same data, in one sentence: the latest that is known of it. */
final class RepairNews {

  private RepairNews() {}

  /**
   * @param now wall time in ms
   */
  static Headline of(RepairStatus repair, Repairs.ProofStatus proof, long now) {
    if (proof.running()) {
      return new Headline(Tone.IDLE, "proving", "Proving that all regions hold the same data");
    }
    if (repair.running()) {
      return new Headline(
          Tone.IDLE, "repairing " + repair.peer(), "Comparing with region " + repair.peer());
    }
    boolean proofIsLater =
        proof.endedAt().compareTo(repair.endedAt() == null ? "" : repair.endedAt()) >= 0
            && !proof.endedAt().isEmpty();
    return proofIsLater ? proved(proof, now) : compared(repair, now);
  }

  private static Headline proved(Repairs.ProofStatus proof, long now) {
    String when = "as of " + Words.ago(proof.asOf(), now);
    if (!proof.state().equals("done")) {
      return new Headline(
          Tone.LATE,
          "not proved",
          "Whether regions are the same was not proved: " + proof.detail());
    }
    if (proof.identical()) {
      return new Headline(
          Tone.GOOD,
          "same",
          "All "
              + Words.count(proof.regions().size(), "region holds", "regions hold")
              + " the same data "
              + when);
    }
    long documents = proof.collections().stream().mapToLong(each -> each.differing().size()).sum();
    return new Headline(
        Tone.BAD,
        "different",
        Words.count(documents, "document is", "documents are")
            + " not the same in all regions "
            + when
            + "; a repair puts that right");
  }

  private static Headline compared(RepairStatus repair, long now) {
    Map<String, RepairStatus> last = new LinkedHashMap<>();
    for (RepairStatus each : all(repair)) {
      last.putIfAbsent(String.valueOf(each.peer()), each);
    }
    if (last.isEmpty()) {
      return new Headline(
          Tone.IDLE, "never", "The regions were not compared since this node started");
    }
    List<String> failed =
        last.values().stream()
            .filter(each -> each.state().equals("failed"))
            .map(each -> String.valueOf(each.peer()))
            .sorted()
            .toList();
    if (!failed.isEmpty()) {
      return new Headline(
          Tone.LATE,
          "failed " + failed,
          "The last comparison with " + String.join(" and ", failed) + " could not be finished");
    }
    long mended =
        last.values().stream()
            .flatMap(each -> each.collections().stream())
            .mapToLong(each -> each.sent() + each.received())
            .sum();
    String oldest =
        last.values().stream()
            .map(each -> String.valueOf(each.endedAt()))
            .min(Comparator.naturalOrder())
            .orElse("");
    String with = "with " + Words.count(last.size(), "region", "regions");
    return mended == 0
        ? new Headline(
            Tone.GOOD,
            "nothing lacking",
            "Compared " + with + ": nothing was lacking " + Words.ago(oldest, now))
        : new Headline(
            Tone.GOOD,
            "mended",
            "Compared "
                + with
                + ": "
                + Words.count(mended, "version was", "versions were")
                + " put back "
                + Words.ago(oldest, now));
  }

  /** The last one first. */
  static List<RepairStatus> all(RepairStatus status) {
    List<RepairStatus> all = new ArrayList<>();
    if (!status.state().equals("never")) {
      all.add(status);
    }
    if (status.history() != null) {
      all.addAll(status.history());
    }
    return all;
  }
}
