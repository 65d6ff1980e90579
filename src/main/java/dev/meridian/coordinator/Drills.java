package dev.meridian.coordinator;

import dev.meridian.document.CollectionName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Damage done on purpose beneath this region's log, where that is allowed: else {@code
 * chaos-disabled}. Thread-safe.
 */
public interface Drills {

  /** The most documents of one drill. */
  int MAX_DOCUMENTS = 100_000;

  /** What happens to a document. */
  enum Harm {
    /** Nothing of it is left. */
    LOSE("lose"),
    /** Its newest version is gone: the one before shows again. */
    LOSE_NEWEST("lose-newest"),
    /** Its newest version gets another body. */
    ALTER("alter");

    private final String text;

    Harm(String text) {
      this.text = text;
    }

    /** As requests name it. */
    public String text() {
      return text;
    }

    public static Optional<Harm> of(String text) {
      return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst();
    }
  }

  /** Whether they are allowed here. */
  boolean isEnabled();

  /**
   * Harms documents of a collection; which ones is left to chance. Replication does not hear of it,
   * and a repair puts them right.
   *
   * @param documents how many, at most {@link #MAX_DOCUMENTS}
   */
  CompletionStage<Damaged> damage(CollectionName collection, int documents, Harm harm);

  /**
   * What was done.
   *
   * @param documents how many
   * @param some of them
   */
  record Damaged(int documents, List<String> some) {}
}
