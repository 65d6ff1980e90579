package dev.meridian.coordinator;

import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.Heads;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A document as one region shows it to another.
 *
 * @param change the version that is shown
 * @param made what it is made of, when that is more than this version
 */
record Shown(Bytes change, Optional<Made> made) {

  /**
   * @param body when it is not that of the version shown
   * @param heads changes that stand side by side, highest first
   */
  record Made(Optional<Bytes> body, List<Bytes> heads, List<VersionId> revision, int siblings) {}

  static Shown of(StoredDocument document) {
    Bytes change = document.change().encoded();
    Heads heads = document.heads();
    Optional<Bytes> body =
        document instanceof LiveDocument live && !live.body().equals(live.change().body())
            ? Optional.of(live.body())
            : Optional.empty();
    boolean alone =
        body.isEmpty()
            && heads.versions().size() == 1
            && heads.versions().getFirst().equals(document.change());
    return alone
        ? new Shown(change, Optional.empty())
        : new Shown(
            change,
            Optional.of(
                new Made(
                    body,
                    heads.versions().stream().map(Change::encoded).toList(),
                    heads.revision().versions(),
                    heads.siblings())));
  }

  /** Bytes that are no such document are an {@link IllegalArgumentException}. */
  StoredDocument document() {
    Change shown = ChangeCodecV1.decode(change);
    if (made.isEmpty()) {
      return StoredDocument.of(shown);
    }
    Heads heads =
        new Heads(
            made.get().heads().stream().map(ChangeCodecV1::decode).toList(),
            new Revision(made.get().revision()),
            made.get().siblings());
    if (shown.isTombstone()) {
      return new StoredDocument.Tombstone(shown, heads);
    }
    return shown.isWithheld()
        ? new StoredDocument.Withheld(shown)
        : new LiveDocument(shown, made.get().body().orElse(shown.body()), heads);
  }

  long bytes() {
    return change.length()
        + made.map(
                more ->
                    more.body().map(Bytes::length).orElse(0)
                        + more.heads().stream().mapToLong(Bytes::length).sum())
            .orElse(0L);
  }

  void put(MessageWriter out) {
    out.bytes(change).present(made.isPresent());
    made.ifPresent(
        more -> {
          out.present(more.body().isPresent());
          more.body().ifPresent(out::bytes);
          out.changes(more.heads()).u16(more.revision().size());
          more.revision().forEach(out::version);
          out.u16(more.siblings());
        });
  }

  static Shown read(MessageReader in) {
    Bytes change = in.bytes();
    if (!in.present()) {
      return new Shown(change, Optional.empty());
    }
    Optional<Bytes> body = in.present() ? Optional.of(in.bytes()) : Optional.empty();
    List<Bytes> heads = in.changes();
    List<VersionId> revision = new ArrayList<>();
    for (int i = in.u16(); i > 0; i--) {
      revision.add(in.version());
    }
    return new Shown(change, Optional.of(new Made(body, heads, revision, in.u16())));
  }
}
