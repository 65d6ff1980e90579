package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.clock.Watermark;
import dev.meridian.cluster.PeerMessage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatermarkTableTest {

  private static final ReplicaId A = new ReplicaId("a");
  private static final ReplicaId B = new ReplicaId("b");

  private static final long MADE = 7;

  private final WatermarkTable table = new WatermarkTable();

  @Test
  void aPromiseCountsOnceItsChangesAreHere() {
    VersionVector applied = VersionVector.of(A, 5);
    table.promised(promise(100, 5), MADE, applied);
    table.promised(promise(200, 7), MADE, applied);
    table.promised(promise(300, 9), MADE, applied);
    assertEquals(at(100), table.of(A, applied));
    assertEquals(at(100), table.of(A, VersionVector.of(A, 6)));
    assertEquals(at(200), table.of(A, VersionVector.of(A, 8)));
    assertEquals(at(300), table.of(A, VersionVector.of(A, 9)));
  }

  @Test
  void theLowestCountsAndWhoSaidNothingHoldsItDown() {
    VersionVector none = VersionVector.EMPTY;
    table.promised(promise(100, 0), MADE, none);
    assertEquals(HlcTimestamp.ZERO, table.lowest(List.of(A, B), none));
    table.promised(new Watermark(B, at(70), 0), MADE, none);
    assertEquals(at(70), table.lowest(List.of(A, B), none));
    assertEquals(at(100), table.lowest(List.of(A), none));
  }

  @Test
  void oldAndRelayedPromisesDoNotTakeItBack() {
    VersionVector applied = VersionVector.of(A, 5);
    table.promised(promise(100, 5), MADE, applied);
    table.promised(promise(90, 4), MADE, applied);
    assertEquals(at(100), table.of(A, applied));
    assertEquals(
        List.of(new PeerMessage.Promised(promise(100, 5), 3)),
        table.kept(applied, MADE + 2_000_001));
  }

  /** An origin that lost its data is told of promises, too, whose changes nobody has here. */
  @Test
  void theNewestIsToldWhetherItsChangesAreHereOrNot() {
    assertEquals(Map.of(), table.newest());
    VersionVector applied = VersionVector.of(A, 5);
    table.promised(promise(100, 5), MADE, applied);
    table.promised(new Watermark(B, at(70), 0), MADE, applied);
    assertEquals(Map.of(A, at(100), B, at(70)), table.newest());
    table.promised(promise(200, 7), MADE, applied);
    table.promised(promise(150, 6), MADE, applied);
    assertEquals(Map.of(A, at(200), B, at(70)), table.newest());
  }

  @Test
  void underLoadTheOldestWaitsAndTheRestIsBounded() {
    for (int i = 1; i <= 1000; i++) {
      table.promised(promise(i, i), MADE, VersionVector.EMPTY);
    }
    assertEquals(at(1), table.of(A, VersionVector.of(A, 1)));
    int most = WatermarkTable.MAX_WAITING_PER_ORIGIN;
    assertEquals(at(most), table.of(A, VersionVector.of(A, 1000)));
  }

  private static Watermark promise(long hlc, long sequence) {
    return new Watermark(A, at(hlc), sequence);
  }

  private static HlcTimestamp at(long hlc) {
    return new HlcTimestamp(hlc);
  }

  @Test
  void theAgeIsThatOfWhatIsHereAndOfWhoeverKnowsItBest() {
    VersionVector applied = VersionVector.of(A, 5);
    table.promised(promise(100, 5), 90, applied);
    table.promised(promise(200, 7), 150, applied);
    table.promised(promise(200, 7), 180, applied);
    assertEquals(90, table.madeNanos(A, applied), "its changes are not here");
    assertEquals(180, table.madeNanos(A, VersionVector.of(A, 7)));
    table.promised(promise(300, 7), 170, VersionVector.of(A, 7));
    assertEquals(180, table.madeNanos(A, VersionVector.of(A, 7)), "known better");
    table.promised(promise(300, 7), 290, VersionVector.of(A, 7));
    assertEquals(290, table.madeNanos(A, VersionVector.of(A, 7)));
    assertEquals(WatermarkTable.NEVER, table.madeNanos(B, applied));
  }

  /** A later one of a lower time, of an origin whose clock was set back. */
  @Test
  void whatIsPassedOnIsTrueWhicheverPromisesItWasMadeOf() {
    VersionVector applied = VersionVector.of(A, 7);
    table.promised(promise(200, 5), 10, applied);
    table.promised(promise(100, 7), 5_000_010, applied);
    assertEquals(
        List.of(new PeerMessage.Promised(promise(200, 7), 1)), table.kept(applied, 6_000_010));
  }
}
