package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import java.util.Optional;

/** A part of a run that stands in a row and is visible, or was deleted, as a whole. */
final class RgaBlock {

  /** Heap of a block, and its share of a run. */
  static final int BYTES_EACH = 200;

  final RgaRun run;
  final int from;
  int length;

  /** Empty once it is deleted. */
  Optional<Content> content;

  /** The change that deleted it; of several the lowest. */
  Optional<Dot> deletedBy;

  /** Where it stands; set by the {@link RgaSequence}. */
  RgaSequence.Chunk chunk = RgaSequence.NOWHERE;

  RgaBlock(RgaRun run, int from, int length, Optional<Content> content, Optional<Dot> deletedBy) {
    this.run = run;
    this.from = from;
    this.length = length;
    this.content = content;
    this.deletedBy = deletedBy;
  }

  int visible() {
    return content.isPresent() ? length : 0;
  }

  int end() {
    return from + length;
  }

  /** Whether the two are one block in all but being written apart. */
  boolean continuesInto(RgaBlock next) {
    return next.run == run && next.from == end() && next.deletedBy.equals(deletedBy);
  }

  int bytes() {
    return BYTES_EACH + content.map(Content::bytes).orElse(0);
  }
}
