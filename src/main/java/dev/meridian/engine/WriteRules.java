package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.ConflictSettings;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.util.Map;
import java.util.Optional;

/** When a write is refused for what the document is. */
final class WriteRules {

  private WriteRules() {}

  /** Why a precondition keeps a write from happening, if it does. */
  static Optional<StoreFailure> check(
      Precondition precondition, Standing before, ConflictSettings settings) {
    if (precondition instanceof Precondition.None) {
      return undecided(before, settings);
    }
    Optional<Revision> current = before.revision(settings);
    boolean holds =
        precondition instanceof Precondition.Resolves(Revision heads)
            ? before.exists() && heads.equals(heads(before))
            : precondition.holds(current);
    if (holds) {
      return Optional.empty();
    }
    boolean ends = precondition instanceof Precondition.Resolves && before.exists();
    return Optional.of(failed(ends ? current.or(() -> Optional.of(heads(before))) : current));
  }

  private static Revision heads(Standing before) {
    return new Revision(before.heads().stream().map(Change::version).toList());
  }

  private static StoreFailure failed(Optional<Revision> current) {
    return new StoreFailure.CallerMistake(
        FailureCode.PRECONDITION_FAILED,
        current
            .map(revision -> "the document is at version " + revision)
            .orElse("there is no live document with this id"),
        current
            .<Map<String, Object>>map(r -> Map.of("currentVersion", r.toString()))
            .orElse(Map.of()));
  }

  /** A write that names no version would take away siblings that its writer may not know of. */
  static Optional<StoreFailure> undecided(Standing before, ConflictSettings settings) {
    boolean undecided =
        settings.policy() == ConflictSettings.Policy.SIBLINGS
            && before.plain().size() > 1
            && !before.plain().stream().allMatch(Change::isTombstone);
    if (!undecided) {
      return Optional.empty();
    }
    String current = before.revision(settings).orElseGet(() -> heads(before)).toString();
    return Optional.of(
        new StoreFailure.CallerMistake(
            FailureCode.PRECONDITION_REQUIRED,
            "the document has "
                + before.plain().size()
                + " versions that none of the others replaces; read them, and write with If-Match:"
                + " \""
                + current
                + "\" to replace them all",
            Map.of("currentVersion", current)));
  }

  /**
   * Why there is nothing to change, if there is not.
   *
   * @param what was to be done
   */
  static Optional<StoreFailure> dead(Standing before, ConflictSettings settings, String what) {
    if (!before.exists()) {
      return Optional.of(
          new StoreFailure.CallerMistake(
              FailureCode.DOCUMENT_NOT_FOUND, "there is no document with this id " + what));
    }
    if (before.isLive(settings)) {
      return Optional.empty();
    }
    String version = before.winner(settings).orElseThrow().version().toString();
    return Optional.of(
        new StoreFailure.CallerMistake(
            FailureCode.DOCUMENT_DELETED,
            "the document is deleted already, by version " + version,
            Map.of("version", version)));
  }
}
