package dev.meridian.replication;

import dev.meridian.clock.Dot;

/**
 * Where a hint is.
 *
 * @param length of its frame
 * @param millis when it was written
 * @param sure true when this process forced it. What an earlier one left may be in the disk's cache
 *     only, if it was killed or its force failed: it is good to be handed over, but not to be
 *     promised anew without writing it again
 */
record HintSlot(Dot dot, HintFile file, long position, int length, long millis, boolean sure) {

  HintSlot unsure() {
    return new HintSlot(dot, file, position, length, millis, false);
  }
}
