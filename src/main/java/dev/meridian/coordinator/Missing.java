package dev.meridian.coordinator;

import dev.meridian.clock.VersionVector;
import java.util.StringJoiner;

/** What one vector has and another lacks, for a person. */
final class Missing {

  private Missing() {}

  /** Entries as {@code us=12 (here 10)}; empty when nothing is missing. */
  static String text(VersionVector wanted, VersionVector here) {
    StringJoiner text = new StringJoiner(", ");
    wanted.forEach(
        (origin, sequence) -> {
          if (here.get(origin) < sequence) {
            text.add(origin + "=" + sequence + " (here " + here.get(origin) + ")");
          }
        });
    return text.toString();
  }
}
