package dev.meridian.simulation;

/**
 * Something that is done to a simulated world, and then some time that passes. It chooses by a seed
 * of its own, so that it does the same when others before it are left out.
 *
 * @param number its place in the whole schedule
 */
record Step(int number, Kind kind, long seed) {

  /** What is done. */
  enum Kind {
    /** Clients of one region write the same few documents, change settings, drop. */
    WRITES(28),
    /** Entries are made in the ledger. */
    ENTRIES(12),
    /** Clients that go from region to region read and write, with all kinds of guarantees. */
    REQUESTS(28),
    /** A reader of all changes goes on in another region. */
    FEED(4),
    /** A link is cut, in one direction or both. */
    CUT(5),
    /** A link is whole again. */
    HEAL(7),
    /** Connections break. */
    BREAK(2),
    /** A link gets slow, or loses messages. */
    FAULT(2),
    /** Such a link is as before. */
    CLEAR(2),
    /** Batches overtake each other and come twice, or no longer. */
    DISORDER(4),
    /** Nobody reads from a link, by will of an operator; or somebody does again. */
    PAUSE(3),
    /** A region takes nothing from others: it has no room; or it has again. */
    FULL(3),
    /** A region ends in order. */
    STOP(2),
    /** The power of a region goes, in the middle of something. */
    CRASH(5),
    /** An operation of a region's disk fails. */
    DISK_FAILS(2),
    /** A region's disk takes little more than it has; or it has room again. */
    DISK_FULL(4),
    /** Regions that are down start again, and those whose log failed. */
    START(8),
    /** A clock is set, forward or back. */
    CLOCK(3),
    /** A region loses its disk. What only it had is lost, so it is one that has nothing of that. */
    WIPE(2),
    /** A bit of the log of a region changes that has nothing but what all others have. */
    BIT_ROT(4),
    /** A region compares its data with another. */
    REPAIR(6);

    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  @Override
  public String toString() {
    return number + " " + kind;
  }
}
