package dev.meridian.document;

import dev.meridian.bench.OrderChanges;
import dev.meridian.bench.ShortRun;
import dev.meridian.bench.storage.Corpus;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Documents and changes between bytes and objects. */
public class DocumentBenchmark extends ShortRun {

  @Param({"300", "1024"})
  public int bytes;

  private Change change;
  private Bytes compact;
  private Bytes spaced;

  @Setup
  public void make() {
    change = OrderChanges.change(new Corpus(1000, bytes), 500);
    compact = change.body();
    spaced = new Bytes(compact.utf8().replace(",\"", ",\n  \"").getBytes(StandardCharsets.UTF_8));
  }

  @Benchmark
  public Change encode() {
    return ChangeCodecV1.encode(
        change.dot(),
        change.hlc(),
        change.kind(),
        change.collection(),
        change.id(),
        change.context(),
        change.dependencies(),
        change.traceparent(),
        change.body());
  }

  @Benchmark
  public Change decode() {
    return ChangeCodecV1.decode(change.encoded());
  }

  @Benchmark
  public Bytes compactWithoutSpace() {
    return JsonDocument.compact(compact, JsonLimits.DEFAULTS);
  }

  @Benchmark
  public Bytes compactWithSpace() {
    return JsonDocument.compact(spaced, JsonLimits.DEFAULTS);
  }
}
