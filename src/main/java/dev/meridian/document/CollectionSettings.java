package dev.meridian.document;

import java.time.Duration;

/**
 * Settings of a collection that this version acts on. What it does not offer yet is refused when
 * the settings are parsed, never accepted and ignored.
 *
 * @param keepVersions how many versions of a document are kept, 1 to 10,000
 * @param keepFor how long replaced versions are kept, 0 to 3650 days
 * @param requirePrecondition writes without a precondition are refused
 * @param placement which regions hold the documents
 * @param conflict what is done with versions none of which saw the other
 */
public record CollectionSettings(
    int keepVersions,
    Duration keepFor,
    boolean requirePrecondition,
    PlacementRules placement,
    ConflictSettings conflict) {

  public static final CollectionSettings DEFAULTS =
      new CollectionSettings(
          100, Duration.ofDays(7), false, PlacementRules.EVERYWHERE, ConflictSettings.DEFAULTS);

  /** Without a word about conflicts: the highest version wins. */
  public CollectionSettings(
      int keepVersions, Duration keepFor, boolean requirePrecondition, PlacementRules placement) {
    this(keepVersions, keepFor, requirePrecondition, placement, ConflictSettings.DEFAULTS);
  }
}
