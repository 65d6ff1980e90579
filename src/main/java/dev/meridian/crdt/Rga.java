package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A text or a list. Its elements are a tree: each hangs on the left or right side of another, and
 * the order is that of a walk through it, left children, the element, right children, siblings by
 * id. A new element hangs from the one before it, on the right, if nothing else does; else from the
 * one behind it, on the left. So what is typed in a row, forwards or backwards, stays together
 * (Weidner and Kleppmann, "The Art of the Fugue", 2023, section 4).
 *
 * <p>Deleted elements lose what they hold and keep their place until they are collected. It is a
 * text as long as nothing but characters was put into it.
 */
public final class Rga extends Crdt {

  /** A state shows the ids of elements up to so many. */
  private static final int MAX_SHOWN = 1000;

  private static final Comparator<Dot> LOWEST =
      Comparator.comparing(Dot::origin).thenComparingLong(Dot::sequence);

  final RgaSequence sequence = new RgaSequence();
  final RgaRun.Children roots = new RgaRun.Children(0);
  private Map<Dot, List<RgaRun>> runs = new HashMap<>();

  /** All there are, by id, as they were read: until one is looked for by its change. */
  private List<RgaRun> loaded = List.of();

  private boolean list;
  private int bytes;

  /** An element, visible or not. */
  record Element(RgaRun run, int offset) {
    RgaBlock block() {
      return run.block(offset);
    }

    ElementId id() {
      return run.id(offset);
    }
  }

  Rga() {}

  @Override
  public CrdtType type() {
    return CrdtType.RGA;
  }

  /** False once anything but characters was put into it. */
  public boolean isText() {
    return !list;
  }

  /** How many elements are visible. */
  public int length() {
    return sequence.visible();
  }

  @Override
  public String view() {
    if (list) {
      List<String> items = new ArrayList<>(length());
      for (RgaBlock block : sequence) {
        block.content.ifPresent(
            content -> {
              for (int i = 0; i < content.length(); i++) {
                items.add(content.json(i));
              }
            });
      }
      return Json.array(items);
    }
    StringBuilder text = new StringBuilder(length());
    for (RgaBlock block : sequence) {
      block.content.ifPresent(content -> content.appendTo(text));
    }
    return Json.quote(text.toString());
  }

  @Override
  public String stateView() {
    StringBuilder more = new StringBuilder(",\"kind\":\"").append(list ? "list" : "text");
    more.append("\",\"length\":").append(length());
    if (length() <= MAX_SHOWN) {
      more.append(",\"elements\":[");
      String before = "";
      for (RgaBlock block : sequence) {
        for (int i = 0; i < block.visible(); i++) {
          more.append(before).append('[');
          more.append(Json.quote(block.run.id(block.from + i).toString())).append(',');
          more.append(block.content.orElseThrow().json(i)).append(']');
          before = ",";
        }
      }
      more.append(']');
    }
    return Json.state(type(), view(), more.toString());
  }

  Optional<Element> find(ElementId id) {
    for (RgaRun run : runs().getOrDefault(id.dot(), List.of())) {
      if (run.holds(id.index())) {
        return Optional.of(new Element(run, id.index() - run.first.index()));
      }
    }
    return Optional.empty();
  }

  /**
   * @param index of a visible element
   */
  Element element(int index) {
    RgaSequence.Place place = sequence.at(index);
    return new Element(place.block().run, place.offset());
  }

  private Element known(ElementId id) {
    return find(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no element " + id + " here"));
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    switch (delta) {
      case Delta.Insert insert -> insert(insert, dot);
      case Delta.Erase(List<Delta.Range> ranges) ->
          ranges.forEach(range -> erase(range.first().in(dot), range.count(), dot));
      case Delta.Count strange -> throw strange(delta);
      case Delta.Grow strange -> throw strange(delta);
      case Delta.Put strange -> throw strange(delta);
      case Delta.Take strange -> throw strange(delta);
    }
  }

  private void insert(Delta.Insert insert, Dot dot) {
    Content content = insert.content();
    list |= !content.isText();
    RgaRun run =
        new RgaRun(
            insert.first().in(dot),
            content.length(),
            insert.parent().stream().findFirst().map(id -> known(id.in(dot))),
            insert.left());
    run.blocks.add(new RgaBlock(run, 0, run.length, Optional.of(content), Optional.empty()));
    place(run);
  }

  /** Puts a run with its blocks where it belongs. */
  private void place(RgaRun run) {
    if (run.parent.isEmpty()) {
      Optional<Element> previous = RgaWalk.lower(roots.on(false), run, Optional.empty());
      putAfter(previous.map(RgaWalk::last), run);
      roots.add(run);
    } else {
      Element parent = run.parent.get();
      if (run.left) {
        putBefore(RgaWalk.placeOnTheLeft(parent, run), run);
      } else {
        putAfter(Optional.of(RgaWalk.placeOnTheRight(parent, run)), run);
      }
      parent.run().childrenAt(parent.offset()).add(run);
    }
    register(run);
  }

  private void register(RgaRun run) {
    index(run);
    run.blocks.forEach(block -> bytes += block.bytes());
  }

  private void index(RgaRun run) {
    runs().merge(run.dot(), List.of(run), Rga::both); // most changes have one
  }

  private Map<Dot, List<RgaRun>> runs() {
    if (!loaded.isEmpty()) {
      List<RgaRun> all = loaded;
      loaded = List.of();
      runs = HashMap.newHashMap(all.size());
      all.forEach(this::index);
    }
    return runs;
  }

  private static List<RgaRun> both(List<RgaRun> runs, List<RgaRun> more) {
    List<RgaRun> both = new ArrayList<>(runs);
    both.addAll(more);
    return List.copyOf(both);
  }

  private void putAfter(Optional<Element> element, RgaRun run) {
    if (element.isEmpty()) {
      for (RgaBlock block : run.blocks.reversed()) {
        sequence.addFirst(block);
      }
      return;
    }
    RgaBlock before = element.get().block();
    splitBehind(before, element.get().offset() + 1);
    for (RgaBlock block : run.blocks) {
      sequence.addAfter(before, block);
      before = block;
    }
  }

  private void putBefore(Element element, RgaRun run) {
    splitBehind(element.block(), element.offset());
    RgaBlock after = element.block();
    run.blocks.forEach(block -> sequence.addBefore(after, block));
  }

  /** Makes an element the first one of its block. */
  private void splitBehind(RgaBlock block, int offset) {
    int kept = offset - block.from;
    if (kept <= 0 || kept >= block.length) {
      return;
    }
    int moved = block.length - kept;
    RgaBlock rest =
        new RgaBlock(
            block.run,
            offset,
            moved,
            block.content.map(content -> content.part(kept, moved)),
            block.deletedBy);
    int visible = block.visible();
    block.length = kept;
    block.content = block.content.map(content -> content.part(0, kept));
    sequence.hid(block, visible - block.visible());
    sequence.addAfter(block, rest);
    block.run.blocks.add(block.run.blocks.indexOf(block) + 1, rest);
    bytes += RgaBlock.BYTES_EACH;
  }

  /** Deletes elements of one run, deleted ones too: of several that did the lowest counts. */
  private void erase(ElementId first, int count, Dot by) {
    Element element = known(first);
    RgaRun run = element.run();
    int offset = element.offset();
    int end = (int) Math.min((long) offset + count, run.length);
    while (offset < end) {
      splitBehind(run.block(offset), offset);
      RgaBlock block = run.block(offset);
      boolean counts = block.deletedBy.isEmpty() || LOWEST.compare(by, block.deletedBy.get()) < 0;
      if (counts) {
        splitBehind(block, end);
        sequence.hid(block, block.visible());
        bytes -= block.content.map(Content::bytes).orElse(0);
        block.content = Optional.empty();
        block.deletedBy = Optional.of(by);
      }
      offset = block.end();
    }
  }

  /**
   * Forgets the ends of runs that everybody knows to be deleted, and on which nothing hangs that
   * stays. Nobody hangs anything on them any more ({@link RgaPlace}).
   */
  @Override
  void collect(VersionVector stable) {
    Deque<RgaRun> left = new ArrayDeque<>(sortedRuns());
    while (!left.isEmpty()) {
      RgaRun run = left.pop();
      if (run.length == 0) {
        continue; // it hung from several that were forgotten
      }
      shorten(run, stable);
      if (run.length == 0) {
        run.parent.ifPresent(parent -> left.push(parent.run()));
        forget(run);
      }
    }
  }

  private void shorten(RgaRun run, VersionVector stable) {
    int needed = run.neededLength();
    while (run.length > needed) {
      RgaBlock last = run.blocks.getLast();
      if (!last.deletedBy.filter(stable::contains).isPresent()) {
        return;
      }
      if (last.from < needed) {
        splitBehind(last, needed);
        last = run.blocks.getLast();
      }
      run.blocks.removeLast();
      run.length = last.from;
      sequence.remove(last);
      bytes -= last.bytes();
    }
  }

  private void forget(RgaRun run) {
    if (run.parent.isEmpty()) {
      roots.remove(run);
    } else {
      Element parent = run.parent.get();
      RgaRun.Children siblings = parent.run().childrenAt(parent.offset());
      siblings.remove(run);
      if (siblings.isEmpty()) {
        parent.run().forget(siblings);
      }
    }
    List<RgaRun> sameChange = new ArrayList<>(runs().get(run.dot()));
    sameChange.remove(run);
    if (sameChange.isEmpty()) {
      runs.remove(run.dot());
    } else {
      runs.put(run.dot(), List.copyOf(sameChange));
    }
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    Rga theirs = (Rga) other;
    list |= theirs.list;
    theirs.runs().values().forEach(each -> each.forEach(this::bring));
    for (RgaBlock block : theirs.sequence) {
      block.deletedBy.ifPresent(by -> erase(block.run.id(block.from), block.length, by));
    }
  }

  /** Takes in a run of another state, after what it hangs from. */
  private void bring(RgaRun run) {
    Deque<RgaRun> missing = new ArrayDeque<>();
    RgaRun each = run;
    while (find(each.first).isEmpty()) {
      missing.push(each);
      if (each.parent.isEmpty()) {
        break;
      }
      each = each.parent.get().run();
    }
    while (!missing.isEmpty()) {
      place(copy(missing.pop()));
    }
  }

  private RgaRun copy(RgaRun run) {
    Optional<Element> parent = run.parent.map(theirs -> known(theirs.id()));
    RgaRun copy = new RgaRun(run.first, run.length, parent, run.left);
    for (RgaBlock block : run.blocks) {
      copy.blocks.add(new RgaBlock(copy, block.from, block.length, block.content, block.deletedBy));
    }
    return copy;
  }

  @Override
  Crdt copy() {
    Rga copy = new Rga();
    copy.list = list;
    Map<RgaRun, RgaRun> copies = HashMap.newHashMap(runs().size());
    for (RgaBlock block : sequence) {
      RgaRun run =
          copies.computeIfAbsent(
              block.run, old -> new RgaRun(old.first, old.length, Optional.empty(), old.left));
      RgaBlock same = new RgaBlock(run, block.from, block.length, block.content, block.deletedBy);
      run.blocks.add(same);
      copy.sequence.addLast(same);
    }
    // Blocks of a run stand in their order: what hangs between them does not turn them round.
    copies.forEach(
        (old, run) ->
            run.parent =
                old.parent.map(parent -> new Element(copies.get(parent.run()), parent.offset())));
    List<RgaRun> sorted = copies.values().stream().sorted().toList();
    copy.load(sorted);
    return copy;
  }

  /**
   * Takes runs whose blocks stand in their places.
   *
   * @param sorted by id
   */
  void load(List<RgaRun> sorted) {
    loaded = List.copyOf(sorted);
    for (RgaRun run : loaded) {
      run.blocks.forEach(block -> bytes += block.bytes());
      hang(run);
    }
  }

  private void hang(RgaRun run) {
    if (run.parent.isEmpty()) {
      roots.add(run);
    } else {
      Element parent = run.parent.get();
      parent.run().childrenAt(parent.offset()).add(run);
    }
  }

  void isList(boolean is) {
    list = is;
  }

  List<RgaRun> sortedRuns() {
    if (!loaded.isEmpty()) {
      return loaded;
    }
    List<RgaRun> sorted = new ArrayList<>(runs.size());
    runs.values().forEach(sorted::addAll);
    sorted.sort(Comparator.naturalOrder());
    return sorted;
  }

  @Override
  void write(Output out) {
    RgaCodec.write(this, out);
  }

  @Override
  int bytes() {
    return bytes;
  }
}
