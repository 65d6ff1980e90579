package dev.meridian.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VersionVectorTest {

  @Test
  void behavesLikeASortedMapWithZeroForAbsent() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      Map<String, Long> modelA = randomModel(random);
      Map<String, Long> modelB = randomModel(random);
      VersionVector a = vector(modelA, random);
      VersionVector b = vector(modelB, random);
      boolean covers =
          modelB.entrySet().stream()
              .allMatch(e -> modelA.getOrDefault(e.getKey(), 0L) >= e.getValue());
      assertEquals(covers, a.covers(b), "seed " + seed);
      TreeMap<String, Long> merged = new TreeMap<>(modelA);
      modelB.forEach((origin, sequence) -> merged.merge(origin, sequence, Math::max));
      assertEquals(vector(merged, random), a.merge(b), "seed " + seed);
      assertEquals(a.merge(b), b.merge(a), "seed " + seed);
      assertEquals(a, a.merge(a), "seed " + seed);
      assertTrue(a.merge(b).covers(a) && a.merge(b).covers(b), "seed " + seed);
    }
  }

  @Test
  void holdsSixteenRegionsAndNoMore() {
    VersionVector full = VersionVector.EMPTY;
    for (int i = 0; i < VersionVector.MAX_ORIGINS; i++) {
      full = full.with(new ReplicaId("r" + i), 1);
    }
    VersionVector sixteen = full;
    assertThrows(IllegalArgumentException.class, () -> sixteen.with(new ReplicaId("one-more"), 1));
    assertEquals(2, sixteen.only(List.of(new ReplicaId("r1"), new ReplicaId("r7"))).size());
  }

  private static Map<String, Long> randomModel(Random random) {
    Map<String, Long> model = new TreeMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      model.put("r" + random.nextInt(6), 1L + random.nextInt(5));
    }
    return model;
  }

  private static VersionVector vector(Map<String, Long> model, Random random) {
    List<String> origins = new java.util.ArrayList<>(model.keySet());
    java.util.Collections.shuffle(origins, random);
    VersionVector vector = VersionVector.EMPTY;
    for (String origin : origins) {
      vector = vector.with(new ReplicaId(origin), model.get(origin));
    }
    return vector;
  }
}
