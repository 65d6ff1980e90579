package dev.meridian.crdt;

import dev.meridian.bench.ShortRun;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A text of 100,000 characters in a document: what a keystroke, a read and a record of it cost. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RgaBenchmark extends ShortRun {

  private static final int CHARACTERS = 100_000;
  private static final int KEYSTROKES = 1_000;
  private static final FieldKey TEXT = new FieldKey("/text", CrdtType.RGA, "");
  private static final ReplicaId REGION = new ReplicaId("eu");

  /** How many characters each operation put at a random place: all at once, words, or single. */
  @Param({"100000", "10", "1"})
  int typed;

  private final Random random = new Random(7);
  private byte[] encoded = new byte[0];
  private FieldStates full = new FieldStates();

  @Setup
  public void type() {
    while (length(full) < CHARACTERS) {
      insert(full, "x".repeat(typed));
    }
    encoded = full.encode();
  }

  /** A text that starts as long each time. */
  @State(Scope.Thread)
  public static class Growing {
    private FieldStates states = new FieldStates();

    @Setup(Level.Invocation)
    public void copy(RgaBenchmark benchmark) {
      states = benchmark.full.copy();
    }
  }

  private static int length(FieldStates states) {
    return states.get(TEXT).map(state -> ((Rga) state).length()).orElse(0);
  }

  /** What the region of the client does, and what every other one does with what it sends. */
  private void insert(FieldStates states, String text) {
    int at = random.nextInt(length(states) + 1);
    byte[] change =
        states
            .translate(
                List.of(
                    new FieldOperation.InsertText(
                        TEXT, new FieldOperation.Position.Index(at), text)))
            .encode();
    long sequence = states.included().get(REGION) + 1;
    states.apply(
        new Dot(REGION, sequence),
        new VersionId(new HlcTimestamp(sequence), REGION),
        FieldDelta.decode(change, 0, change.length));
  }

  /** One character at a random place, from the operation to the state after it. */
  @Benchmark
  @OperationsPerInvocation(KEYSTROKES)
  public FieldStates insert(Growing growing) {
    for (int i = 0; i < KEYSTROKES; i++) {
      insert(growing.states, "y");
    }
    return growing.states;
  }

  @Benchmark
  public FieldStates load() {
    return FieldStates.decode(encoded, 0, encoded.length);
  }

  @Benchmark
  public byte[] encode() {
    return full.encode();
  }

  /** As a reader sees it. */
  @Benchmark
  public String view() {
    return full.get(TEXT).orElseThrow().view();
  }
}
