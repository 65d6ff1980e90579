package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.document.Bytes;
import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.DocumentId;
import dev.meridian.document.Lineage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what regions compare. Any thread; may read the disk. */
final class Copies {

  /** So many versions of a document tell how it stood at a time. */
  private static final int MAX_VERSIONS = 20_000;

  /** So much is read for one question, and one document more: whoever asks does not wait long. */
  private static final long MOST_READ_BYTES = 64 << 20;

  private final EngineState state;
  private final DocumentReads reads;
  private final DocumentViews views;
  private final Standings standings;
  private final Function<CollectionState, CollectionSettings> history;

  Copies(
      EngineState state,
      DocumentReads reads,
      DocumentViews views,
      Function<CollectionState, CollectionSettings> history) {
    this.history = history;
    this.state = state;
    this.reads = reads;
    this.views = views;
    this.standings = new Standings(state, Standings.Unforced.NOTHING);
  }

  HashPage hashes(CollectionName collection, CopyStore.Walk walk) {
    return reads.read(() -> new Walk(collection, walk).page());
  }

  /** Only what is asked for is decoded: most of a walk is to tell which leaf a key belongs to. */
  private final class Walk {
    private final CollectionName collection;
    private final CollectionState known;
    private final CopyStore.Walk asked;
    private final byte[] within;
    private final Iterator<Table.Entry> entries;
    private final List<DocumentHash> found = new ArrayList<>();
    private final List<DocumentId> untold = new ArrayList<>();
    private Optional<Table.Entry> head;
    private long readBytes;

    Walk(CollectionName collection, CopyStore.Walk asked) {
      this.collection = collection;
      this.known = state.collection(collection);
      this.asked = asked;
      KeyRange range = KeyRange.documents(collection, "", asked.after());
      this.within = range.within();
      this.entries = state.view().from(range.from());
      this.head = read();
    }

    HashPage page() {
      byte[] last = {};
      for (int examined = 0; head.isPresent(); examined++) {
        boolean full = found.size() + untold.size() >= asked.limit();
        if (full || examined == asked.examine() || readBytes > MOST_READ_BYTES) {
          return new HashPage(found, untold, Optional.of(id(last)));
        }
        Table.Entry newest = head.get();
        head = read();
        last = Arrays.copyOf(newest.key(), TableKey.documentPrefixLength(newest.key()));
        DocumentPrefix prefix = new DocumentPrefix(last);
        int leaf = MerkleTree.leaf(prefix);
        if (asked.leaves().test(leaf)) {
          document(prefix, leaf, newest);
        }
        skipRest(last);
      }
      return new HashPage(found, untold, Optional.empty());
    }

    private void document(DocumentPrefix prefix, int leaf, Table.Entry entry) {
      Change newest = entry.change();
      if (!state.isVisible(newest)) {
        return;
      }
      boolean asItIs = asked.asOf().map(asOf -> !newest.hlc().isAfter(asOf)).orElse(true);
      Optional<List<Change>> heads =
          asItIs
              ? Optional.of(standings.of(prefix, collection, Optional.of(newest)).heads())
              : headsThen(newest, prefix.bytes(), asked.asOf().orElseThrow());
      if (heads.isEmpty()) {
        untold.add(newest.id());
      } else if (!heads.get().isEmpty()) {
        found.add(new DocumentHash(newest.id(), leaf, HeadHash.sum(prefix, heads.get())));
      }
    }

    /** Empty when what would tell is not kept any more. */
    private Optional<List<Change>> headsThen(Change newest, byte[] prefix, HlcTimestamp asOf) {
      List<Change> then = new ArrayList<>();
      Change since = newest;
      while (isOf(prefix) && then.size() < MAX_VERSIONS) {
        Change version = head.orElseThrow().change();
        head = read();
        if (version.hlc().isAfter(asOf)) {
          since = version;
        } else if (state.isVisible(version)) {
          then.add(version);
        }
      }
      if (then.isEmpty()) {
        return since.context().size() == 0 ? Optional.of(then) : Optional.empty();
      }
      if (!known.concurrency().isNone() || known.concurrency().conflicts() > 0) {
        return Optional.of(new Lineage(then).heads());
      }
      Change replaced = then.getFirst(); // unless that was removed, and this is older
      return since.context().equals(replaced.vector())
          ? Optional.of(List.of(replaced))
          : Optional.empty();
    }

    private void skipRest(byte[] prefix) {
      while (isOf(prefix)) {
        head = read();
      }
    }

    private boolean isOf(byte[] prefix) {
      return head.isPresent() && TableKey.startsWith(head.get().key(), prefix);
    }

    private Optional<Table.Entry> read() {
      if (!entries.hasNext()) {
        return Optional.empty();
      }
      Table.Entry entry = entries.next();
      readBytes += entry.encoded().length();
      return TableKey.startsWith(entry.key(), within) ? Optional.of(entry) : Optional.empty();
    }
  }

  private static DocumentId id(byte[] prefix) {
    int start = TableKey.collectionPrefixLength(prefix);
    return new DocumentId(
        new String(prefix, start, prefix.length - 1 - start, StandardCharsets.UTF_8));
  }

  CopyStore.EntryPage entries(Optional<byte[]> after, int maxBytes) {
    return reads.read(
        () -> {
          List<Bytes> changes = new ArrayList<>();
          long bytes = 0;
          Iterator<Table.Entry> entries = state.view().from(after.orElse(new byte[0]));
          while (entries.hasNext()) {
            Table.Entry entry = entries.next();
            boolean isWanted =
                entry.key()[0] != TableKey.TREES
                    && (after.isEmpty() || TableKey.ORDER.compare(entry.key(), after.get()) > 0);
            if (isWanted) {
              changes.add(entry.encoded());
              bytes += entry.encoded().length();
              if (bytes > maxBytes) {
                return new CopyStore.EntryPage(changes, false);
              }
            }
          }
          return new CopyStore.EntryPage(changes, true);
        });
  }

  int kept(CollectionName collection, List<HlcTimestamp> newestFirst) {
    CollectionState known = state.collection(collection);
    if (known.concurrency().operations() > 0 || known.concurrency().hasRecords()) {
      return newestFirst.size();
    }
    Retention retention = Retention.ofRemoval(history.apply(known), state.latest());
    int kept = 0;
    while (kept < newestFirst.size()
        && retention.keeps(kept + 1, newestFirst.get(Math.max(0, kept - 1)))) {
      kept++;
    }
    return kept;
  }

  DocumentCopy copy(StoredKey key) {
    DocumentPrefix prefix = key.prefix();
    return reads.read(
        () -> {
          List<Change> versions =
              state.view().versions(prefix, DocumentCopy.MAX_VERSIONS).stream()
                  .filter(each -> key.isSettings() || state.isVisible(each))
                  .toList();
          boolean hasFields =
              !key.isSettings()
                  && !versions.isEmpty()
                  && state.collection(key.collection()).concurrency().operations() > 0;
          return new DocumentCopy(
              versions,
              hasFields
                  ? views
                      .fieldsOf(versions.getFirst())
                      .map(each -> new DocumentCopy.Fields(each.covered(), each.encode()))
                  : Optional.empty());
        });
  }
}
