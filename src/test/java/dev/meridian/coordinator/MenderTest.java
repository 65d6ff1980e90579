package dev.meridian.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.Region;
import dev.meridian.cluster.Transport;
import dev.meridian.simulation.ManualClock;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MenderTest {

  private static final Region US =
      new Region(new ReplicaId("us"), URI.create("http://us"), 0, 0, "");

  @Test
  void repairsKeepToTheirRateAndAreCounted() {
    VersionVector wanted = VersionVector.of(new ReplicaId("eu"), 7);
    ManualClock clock = new ManualClock(1_800_000_000_000L);
    Transport there =
        (Transport)
            java.lang.reflect.Proxy.newProxyInstance(
                Transport.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (proxy, method, arguments) ->
                    CompletableFuture.completedFuture(
                        ReplicaCodecV1.encode(new ReplicaAnswer.Vector(wanted))));
    Mender mender = new Mender(new ReplicaClient(there, clock), clock);
    for (int i = 0; i < 3 * Mender.MAX_PER_SECOND; i++) {
      mender.mend(US, wanted);
    }
    assertEquals(Mender.MAX_PER_SECOND + 1, mender.mended(), "one burst");
    assertEquals(2 * Mender.MAX_PER_SECOND - 1, mender.skipped());
    clock.advance(500);
    for (int i = 0; i < Mender.MAX_PER_SECOND; i++) {
      mender.mend(US, wanted);
    }
    assertEquals(Mender.MAX_PER_SECOND * 3 / 2 + 1, mender.mended(), "half of a second's worth");
  }
}
