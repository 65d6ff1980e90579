package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.wal.LogRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
  private final Standings standings;

  /** Records between two reports of progress. */
  private static final long REPORT_EVERY = 100_000;

  private final Consumer<String> progress;
  private final List<Change> held = new ArrayList<>();
  private boolean gap;
  private HlcTimestamp ceiling;
  private HlcTimestamp latest;

  Replay(EngineState state, HlcTimestamp ceiling, HlcTimestamp latest, Consumer<String> progress) {
    this.state = state;
    this.standings =
        new Standings(
            state,
            new Standings.Unforced() {
              @Override
              public void settle() {
                state.settle();
              }
            });
    this.progress = progress;
    this.ceiling = ceiling;
    this.latest = latest;
  }

  void accept(LogRecord record) {
    if (record.lsn().value() % REPORT_EVERY == 0) {
      progress.accept("replaying the log after the checkpoint, record " + record.lsn());
    }
    switch (record.type()) {
      case Writer.CHANGE, Writer.CHANGE_WITH_RECORD ->
          change(
              own(LoggedChange.change(record).orElseThrow()),
              LoggedChange.derived(record).map(Replay::own));
      case Writer.REPAIRED, Writer.REPAIRED_WITH_RECORD ->
          repaired(
              own(LoggedChange.change(record).orElseThrow()),
              LoggedChange.derived(record).map(Replay::own));
      case Writer.RECORD -> LoggedChange.derived(record).map(Replay::own).ifPresent(this::derived);
      case Writer.RECOUNT -> recount(record);
      case Writer.CEILING ->
          ceiling = new HlcTimestamp(ByteBuffer.wrap(record.payload()).getLong());
      default ->
          throw new IllegalStateException(
              "log record " + record.lsn() + " has the unknown type " + record.type());
    }
  }

  /** The bytes may be shared with the reader's buffer; what stays in memory owns its own. */
  private static Change own(Bytes encoded) {
    return ChangeCodecV1.decodeStored(
        new Bytes(
            Arrays.copyOfRange(
                encoded.array(), encoded.offset(), encoded.offset() + encoded.length())));
  }

  private void change(Change change, Optional<Change> record) {
    latest = HlcTimestamp.max(latest, change.hlc());
    if (record.isPresent()) {
      latest = HlcTimestamp.max(latest, record.get().hlc());
    }
    if (gap) {
      held.add(change);
      return;
    }
    DocumentPrefix prefix = new DocumentPrefix(change);
    Standings.Effect effect =
        TableKey.space(change.kind()) == TableKey.DOCUMENTS
            ? effect(change, prefix, record)
            : Standings.Effect.NONE;
    state.apply(change, prefix, effect, record);
    state.settleForReplay();
    state.vector(state.vector().with(change.dot()));
  }

  /** All that was there then is here now, and nothing else. */
  private void recount(LogRecord record) {
    if (!gap) {
      state.recount(new CollectionName(new String(record.payload(), StandardCharsets.US_ASCII)));
    }
  }

  /** Behind a gap it is left to the next repair. */
  private void repaired(Change change, Optional<Change> record) {
    latest = HlcTimestamp.max(latest, change.hlc());
    record.ifPresent(each -> latest = HlcTimestamp.max(latest, each.hlc()));
    if (gap) {
      return;
    }
    DocumentPrefix prefix = new DocumentPrefix(change);
    Standing before = standings.of(prefix, change.collection(), state.visibleToReplace(prefix));
    standings
        .mended(before, change, prefix)
        .ifPresent(
            mended -> {
              state.apply(change, prefix, mended.effect(), record);
              state.settleForReplay();
            });
  }

  /** Behind a gap it may stand for what is not here; without it more is looked at. */
  private void derived(Change record) {
    latest = HlcTimestamp.max(latest, record.hlc());
    if (!gap) {
      state.applyRecord(record);
      state.settleForReplay();
    }
  }

  private Standings.Effect effect(Change change, DocumentPrefix prefix, Optional<Change> record) {
    Standing before = standings.of(prefix, change.collection(), state.visibleToReplace(prefix));
    Standing after =
        standings.replayed(
            before, change, prefix, record.map(each -> ConflictRecordCodecV1.decode(each.body())));
    return standings.effect(before, after, change, prefix);
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
