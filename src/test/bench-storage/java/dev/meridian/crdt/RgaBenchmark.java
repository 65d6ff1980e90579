package dev.meridian.crdt;

import dev.meridian.bench.ShortRun;
import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/** A text of 100,000 characters that was typed in many pieces, all over it. */
public class RgaBenchmark extends ShortRun {

  private static final int LENGTH = 100_000;
  private static final int PIECES = 10_000;
  private static final FieldKey KEY = new FieldKey("/text", CrdtType.RGA, "");
  private static final ReplicaId REGION = new ReplicaId("eu");

  private final Random random = new Random(7);
  private FieldStates states = new FieldStates();
  private byte[] encoded = {};
  private long sequence;

  @Setup
  public void type() {
    String piece = "x".repeat(LENGTH / PIECES);
    for (int i = 0; i < PIECES; i++) {
      insert(piece);
    }
    encoded = states.encode();
  }

  /** What was typed meanwhile does not make the text longer from one iteration to the next. */
  @Setup(Level.Iteration)
  public void again() {
    states = load();
    sequence = PIECES;
  }

  private void insert(String text) {
    int length = states.get(KEY).map(state -> ((Rga) state).length()).orElse(0);
    FieldOperation.Position at = new FieldOperation.Position.Index(random.nextInt(length + 1));
    FieldDelta delta = states.translate(List.of(new FieldOperation.InsertText(KEY, at, text)));
    sequence++;
    states.apply(
        new Dot(REGION, sequence), new VersionId(new HlcTimestamp(sequence), REGION), delta);
  }

  /** One character at any place: worked out and applied. */
  @Benchmark
  public void insertAnywhere() {
    insert("y");
  }

  @Benchmark
  public FieldStates load() {
    return FieldStates.decode(encoded, 0, encoded.length);
  }

  @Benchmark
  public byte[] encode() {
    return states.encode();
  }

  /** As a reader sees it. */
  @Benchmark
  public String view() {
    return states.get(KEY).orElseThrow().view();
  }
}
