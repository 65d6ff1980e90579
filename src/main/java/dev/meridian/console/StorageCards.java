package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.StorageStatus;
import dev.meridian.coordinator.StorageStatus.CacheFigures;
import dev.meridian.coordinator.StorageStatus.DiskFigures;
import dev.meridian.coordinator.StorageStatus.LogFigures;
import dev.meridian.coordinator.StorageStatus.MemtableFigures;
import dev.meridian.coordinator.StorageStatus.MergeFigures;

/** The figures of the disk side, one card for each of its parts. */
class StorageCards extends Div {

  private final Span accepting = badge();
  private final Facts log = new Facts();
  private final Histogram forces = new Histogram();
  private final Bar memtableFill = new Bar("Filled", "meter");
  private final Bar queueFill = new Bar("Queue", "meter");
  private final Facts memtable = new Facts();
  private final Span merging = badge();
  private final Bar mergeProgress = new Bar("This merge", "progressbar");
  private final Facts merge = new Facts();
  private final Bar cacheFill = new Bar("Filled", "meter");
  private final Facts cache = new Facts();
  private final Bar diskUse = new Bar("Free", "meter");
  private final Facts disk = new Facts();

  /**
   * @param further cards after those of the figures
   */
  StorageCards(Component... further) {
    addClassNames("cards", "storage-cards");
    Article wide = card("Log", accepting, log, forces);
    wide.addClassName("wide");
    add(
        wide,
        card("Memtable", new Span(), memtableFill, queueFill, memtable),
        card("Merging", merging, mergeProgress, merge),
        card("Cache", new Span(), cacheFill, cache),
        card("Disk", new Span(), diskUse, disk));
    add(further);
  }

  static Article card(String title, Component aside, Component... content) {
    Article card = new Article(new Header(new H2(title), aside));
    card.addClassName("card");
    card.add(content);
    return card;
  }

  static Span badge() {
    Span badge = new Span();
    badge.addClassName("badge");
    return badge;
  }

  static void badge(Span badge, String text, Tone tone) {
    badge.setText(text);
    badge.getElement().setAttribute("data-tone", tone.css());
  }

  void show(StorageStatus status) {
    show(status.log());
    show(status.memtable());
    show(status.merge());
    show(status.cache());
    show(status.disk());
  }

  private void show(LogFigures now) {
    badge(
        accepting,
        now.accepting() ? "accepting" : "refusing writes",
        now.accepting() ? Tone.GOOD : Tone.BAD);
    boolean forced = now.forces() > 0;
    log.put(
        "Force",
        forced
            ? Words.millis(now.forceP50Ms()) + " p50 · " + Words.millis(now.forceP99Ms()) + " p99"
            : "none yet",
        forced ? now.forceP50Ms() + " ms p50, " + now.forceP99Ms() + " ms p99" : "");
    log.count("Forces", now.forces());
    log.put(
        "Records per force",
        forced
            ? Words.decimal(now.batchP50()) + " p50 · " + Words.decimal(now.batchP99()) + " p99"
            : Words.NONE,
        "records that shared one force");
    log.put(
        "Segments",
        Words.count(now.segments()) + " · " + Words.bytes(now.bytes()),
        Words.count(now.bytes()) + " bytes");
    long pending = now.lastLsn() - now.durableLsn();
    log.put(
        "Durable LSN",
        Words.count(now.durableLsn()),
        pending > 0 ? Words.count(pending, "record", "records") + " not forced yet" : "all forced");
    log.put(
        "Checkpoint",
        now.checkpointAgeMs() < 0 ? "none yet" : Words.span(now.checkpointAgeMs()) + " ago",
        "LSN " + Words.count(now.checkpointLsn()));
    log.put(
        "A start reads",
        Words.bytes(now.replayBytes()),
        Words.count(now.replayBytes()) + " bytes of log");
    forces.show(now.forceBuckets());
  }

  private void show(MemtableFigures now) {
    memtableFill.show(
        now.bytes(),
        now.limitBytes(),
        Words.bytes(now.bytes()) + " of " + Words.bytes(now.limitBytes()),
        exactly(now.bytes(), now.limitBytes()),
        Tone.IDLE);
    boolean waiting =
        now.queueLimit() > 0 && now.queuedMutations() >= StorageNews.FULL_QUEUE * now.queueLimit();
    queueFill.show(
        now.queuedMutations(),
        now.queueLimit(),
        Words.count(now.queuedMutations()) + " of " + Words.count(now.queueLimit()),
        "changes that wait for the writer",
        waiting ? Tone.LATE : Tone.IDLE);
    memtable.put("Being written out", Words.count(now.frozen()), "memtables that became a table");
    memtable.put(
        "Stalls",
        now.stalls() == 0
            ? "none"
            : Words.count(now.stalls()) + " · " + Words.span(now.stalledMs()),
        "how often and how long the writer waited for a table, since the start");
  }

  private void show(MergeFigures now) {
    badge(merging, now.running() ? "running" : "idle", now.running() ? Tone.GOOD : Tone.IDLE);
    mergeProgress.setVisible(now.running());
    mergeProgress.show(
        now.doneBytes(),
        now.inputBytes(),
        Words.bytes(now.doneBytes()) + " of " + Words.bytes(now.inputBytes()),
        exactly(now.doneBytes(), now.inputBytes()),
        Tone.GOOD);
    merge.put(
        "Debt",
        now.debtBytes() == 0 ? "none" : Words.bytes(now.debtBytes()),
        Words.count(now.debtBytes()) + " bytes of tables that are to be merged");
    merge.count("Merges", now.merges());
    merge.put(
        "Written per byte",
        Words.times(now.writeAmplification()),
        "write amplification: bytes written to tables for each byte of changes, since the start");
    merge.put(
        "Kept per byte",
        Words.times(now.spaceAmplification()),
        "space amplification: bytes of tables for each byte of live data");
  }

  private void show(CacheFigures now) {
    cacheFill.show(
        now.bytes(),
        now.limitBytes(),
        Words.bytes(now.bytes()) + " of " + Words.bytes(now.limitBytes()),
        exactly(now.bytes(), now.limitBytes()),
        Tone.IDLE);
    cache.put(
        "Found in it",
        Words.percent(now.hits(), now.hits() + now.misses()),
        Words.count(now.hits(), "hit", "hits")
            + ", "
            + Words.count(now.misses(), "miss", "misses")
            + " since the start");
    cache.count("Documents", now.rows());
    cache.count("Evictions", now.evictions());
  }

  private void show(DiskFigures now) {
    diskUse.show(
        now.freeBytes(),
        now.totalBytes(),
        Words.bytes(now.freeBytes()) + " of " + Words.bytes(now.totalBytes()),
        exactly(now.freeBytes(), now.totalBytes()),
        StorageNews.tone(now));
    disk.put("Free", Words.percent(now.freeBytes(), now.totalBytes()), "");
    disk.count("Open files", now.openFiles());
    disk.put("Directory", now.directory(), now.directory());
  }

  private static String exactly(long part, long whole) {
    return Words.count(part) + " of " + Words.count(whole) + " bytes";
  }
}
