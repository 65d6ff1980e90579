package dev.meridian.console;

import dev.meridian.console.Links.Link;
import dev.meridian.console.Links.Missed;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.LinkDetail.Slo;
import java.util.Optional;

/**
 * What a cell of the matrix says of a link.
 *
 * @param value the lag, or the state where that says more
 * @param against how that compares with the objective
 * @param pending what waits
 * @param aloud all of it as one sentence, for those who do not see the cell
 */
record LinkWords(Tone tone, String value, String against, String pending, String aloud) {

  static LinkWords of(Link link, Percentile percentile) {
    String value = value(link, percentile);
    String against = against(link, percentile);
    String pending = pending(link);
    String aloud =
        link.status().from()
            + " to "
            + link.status().to()
            + ": "
            + (link.measured() ? percentile.text() + " " : "")
            + value
            + ", "
            + against
            + (pending.isEmpty() ? "" : ", " + pending);
    return new LinkWords(link.tone(percentile), value, against, pending, aloud);
  }

  private static String value(Link link, Percentile percentile) {
    if (link.neverKnown()) {
      return "not known here";
    }
    if (link.known() && !link.streaming()) {
      return link.status().state();
    }
    return link.measured() ? Words.millis(percentile.of(link.status().lagMs())) : "in step";
  }

  private static String against(Link link, Percentile percentile) {
    if (link.neverKnown()) {
      return link.status().to() + " never answered";
    }
    if (!link.known()) {
      return "said " + Words.span(link.ageMillis()) + " ago";
    }
    if (!link.measured()) {
      return link.lag();
    }
    String measured =
        link.streaming() ? "" : Words.millis(percentile.of(link.status().lagMs())) + ", ";
    Optional<Missed> missed = link.missed(percentile);
    if (missed.isPresent()) {
      return measured + "over " + Words.span(missed.get().objectiveMillis());
    }
    Optional<Slo> objective = link.objective(percentile);
    return measured
        + objective.map(slo -> "within " + Words.span(slo.targetMs())).orElse("no objective told");
  }

  private static String pending(Link link) {
    if (link.neverKnown()) {
      return "";
    }
    long changes = link.pendingChanges();
    return changes == 0
        ? "0 pending"
        : Words.count(changes)
            + " pending"
            + (link.known() ? ", " + Words.bytes(link.status().pendingBytes()) : "");
  }
}
