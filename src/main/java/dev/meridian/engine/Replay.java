package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.wal.LogRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the log after the checkpoint tells at start. One thread. Behind a gap nothing is applied:
 * what follows may lack its causes, and is held for {@link Salvage}.
 */
final class Replay {
  private final EngineState state;

  /** Records between two reports of progress. */
  private static final long REPORT_EVERY = 100_000;

  private final Consumer<String> progress;
  private final List<Change> held = new ArrayList<>();
  private boolean gap;
  private HlcTimestamp ceiling;
  private HlcTimestamp latest;

  Replay(EngineState state, HlcTimestamp ceiling, HlcTimestamp latest, Consumer<String> progress) {
    this.state = state;
    this.progress = progress;
    this.ceiling = ceiling;
    this.latest = latest;
  }

  void accept(LogRecord record) {
    if (record.lsn().value() % REPORT_EVERY == 0) {
      progress.accept("replaying the log after the checkpoint, record " + record.lsn());
    }
    // The bytes may be shared with the reader's buffer; what stays in memory owns its own.
    byte[] payload =
        Arrays.copyOfRange(record.buffer(), record.offset(), record.offset() + record.length());
    switch (record.type()) {
      case Writer.CHANGE -> change(payload);
      case Writer.CEILING -> ceiling = new HlcTimestamp(ByteBuffer.wrap(payload).getLong());
      default ->
          throw new IllegalStateException(
              "log record " + record.lsn() + " has the unknown type " + record.type());
    }
  }

  private void change(byte[] payload) {
    Change change = ChangeCodecV1.decode(new Bytes(payload));
    latest = HlcTimestamp.max(latest, change.hlc());
    if (gap) {
      held.add(change);
      return;
    }
    DocumentPrefix prefix = new DocumentPrefix(change);
    Optional<Change> prior =
        TableKey.space(change.kind()) == TableKey.DOCUMENTS
            ? state.visibleToReplace(prefix)
            : Optional.empty();
    state.apply(change, prefix, prior);
    state.vector(state.vector().with(change.dot()));
  }

  /** Records are missing here: what follows may lack its causes. */
  void gap() {
    gap = true;
  }

  boolean hasGap() {
    return gap;
  }

  /** The changes behind the gap, in log order. */
  List<Change> held() {
    return held;
  }

  HlcTimestamp ceiling() {
    return ceiling;
  }

  HlcTimestamp latest() {
    return latest;
  }
}
