package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.SteadyTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a region may rely on others to know. */
class StableCutTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us");
  private static final ReplicaId AP = new ReplicaId("ap");

  private final StableCut cut = new StableCut(List.of(US, AP));

  private static VersionVector at(long eu, long us, long ap) {
    VersionVector vector = VersionVector.EMPTY;
    vector = eu > 0 ? vector.with(EU, eu) : vector;
    vector = us > 0 ? vector.with(US, us) : vector;
    return ap > 0 ? vector.with(AP, ap) : vector;
  }

  private static final SteadyTime NOW = new SteadyTime(1, 0);

  private static PeerProgress all(VersionVector vector) {
    return new PeerProgress(vector, vector, NOW);
  }

  @Test
  void nothingCountsWhileARegionWasNotHeard() {
    cut.said(US, all(at(5, 5, 5)), at(9, 9, 9));
    assertEquals(VersionVector.EMPTY, cut.cut(at(9, 9, 9)));
    cut.said(AP, all(at(7, 4, 6)), at(9, 9, 9));
    assertEquals(at(5, 4, 5), cut.cut(at(9, 9, 9)));
  }

  @Test
  void whatAPeerSaysCountsOnceAllIsHereThatItHadMade() {
    cut.said(AP, all(at(5, 9, 1)), at(5, 2, 1));
    cut.said(US, all(at(5, 3, 1)), at(5, 2, 1));
    assertEquals(VersionVector.EMPTY, cut.cut(at(5, 2, 1)));
    assertEquals(at(5, 3, 1), cut.cut(at(5, 3, 1)));
  }

  @Test
  void aPeerThatWritesAllTheTimeIsReachedNevertheless() {
    cut.said(AP, all(at(99, 99, 99)), at(99, 0, 99));
    for (int i = 1; i <= 10; i++) {
      cut.said(US, all(at(i, i, i)), at(99, i - 1, 99));
    }
    assertTrue(cut.cut(at(99, 9, 99)).get(EU) >= 5);
  }

  @Test
  void anOperationThatWasWorkedOutFromLessHoldsTheCutBack() {
    cut.said(AP, all(at(9, 9, 9)), at(9, 9, 9));
    cut.said(US, new PeerProgress(at(9, 9, 9), at(4, 7, 9), NOW), at(9, 9, 9));
    assertEquals(at(4, 7, 9), cut.cut(at(9, 9, 9)));
  }

  @Test
  void aPeerThatLostWhatItHadCountsAnew() {
    cut.said(AP, all(at(9, 9, 9)), at(9, 9, 9));
    cut.said(US, all(at(9, 9, 9)), at(9, 9, 9));
    cut.said(US, all(at(0, 0, 0)), at(9, 9, 9));
    assertEquals(VersionVector.EMPTY, cut.cut(at(9, 9, 9)).only(List.of(EU, AP)));
  }

  @Test
  void aRegionThatBeganWithNothingIsWholeWhenItHasWhatItsPeersHadAtFirst() {
    AtomicReference<VersionVector> here = new AtomicReference<>(VersionVector.EMPTY);
    FirstCopy copy = new FirstCopy(EU, here::get, false);
    assertTrue(copy.isWhole(), "nothing is known to be missing");
    copy.said(US, at(0, 5, 2));
    assertFalse(copy.isWhole());
    copy.said(US, at(0, 50, 2));
    here.set(at(1, 5, 1));
    assertFalse(copy.isWhole());
    here.set(at(1, 5, 2));
    assertTrue(copy.isWhole());
    copy.said(AP, at(1, 6, 9));
    assertFalse(copy.isWhole(), "another one has more");
  }

  @Test
  void aRegionThatLostSomeOfWhatOthersMadeMustCatchUpToo() {
    AtomicReference<VersionVector> here = new AtomicReference<>(at(3, 1, 1));
    FirstCopy copy = new FirstCopy(EU, here::get, true);
    copy.said(US, at(3, 5, 1));
    assertFalse(copy.isWhole());
    here.set(at(3, 5, 1));
    assertTrue(copy.isWhole());
  }

  @Test
  void aRegionThatHasItsDataNeedNotCatchUpButOneThatLostItsOwnChangesMust() {
    AtomicReference<VersionVector> here = new AtomicReference<>(at(3, 1, 1));
    FirstCopy copy = new FirstCopy(EU, here::get, false);
    copy.said(US, at(3, 500, 2));
    assertTrue(copy.isWhole());
    copy.said(US, at(4, 500, 2));
    assertFalse(copy.isWhole());
    here.set(at(4, 500, 2));
    assertTrue(copy.isWhole());
  }
}
