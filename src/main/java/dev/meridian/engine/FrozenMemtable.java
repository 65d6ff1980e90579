package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.VersionVector;
import java.util.List;

/** A memtable that takes no more writes, with all that the manifest will say of it. */
record FrozenMemtable(
    Memtable memtable,
    Lsn upTo,
    VersionVector vector,
    HlcTimestamp clockFloor,
    List<CollectionState> collections) {}
