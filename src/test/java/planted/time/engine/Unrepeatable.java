package planted.time.engine;

import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Everything that makes a run impossible to repeat. */
public final class Unrepeatable {

  private final LongSupplier wall = System::currentTimeMillis;
  private final Random random = new Random();

  /** Uses all of it. */
  public String use() throws InterruptedException {
    Thread worker = new Thread(() -> {});
    worker.start();
    Thread.sleep(0);
    return wall.getAsLong() + " " + System.nanoTime() + random.nextInt() + UUID.randomUUID();
  }
}
