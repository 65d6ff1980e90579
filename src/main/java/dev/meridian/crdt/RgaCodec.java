package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A text or list as bytes.
 *
 * <pre>
 *  list flag
 *  runs   count × ( first id | length | left flag ), by id
 *         then of each: 0 for the root, or 1 + number of the run it hangs from | offset there
 *  blocks count × ( run number | offset | length | deleted flag | by dot, or content ), as read
 * </pre>
 *
 * Blocks that belong together are written as one, so equal states have equal bytes.
 */
final class RgaCodec {

  private RgaCodec() {}

  static void write(Rga rga, Output out) {
    out.flag(!rga.isText());
    List<RgaRun> runs = rga.sortedRuns();
    out.number(runs.size());
    for (int i = 0; i < runs.size(); i++) {
      RgaRun run = runs.get(i);
      run.number = i;
      out.id(run.first).number(run.length).flag(run.left);
    }
    for (RgaRun run : runs) { // the root is 0
      out.number(run.parent.map(parent -> parent.run().number + 1).orElse(0));
      run.parent.ifPresent(parent -> out.number(parent.offset()));
    }
    List<RgaBlock> blocks = joined(rga);
    out.number(blocks.size());
    for (RgaBlock block : blocks) {
      out.number(block.run.number).number(block.from).number(block.length);
      out.flag(block.deletedBy.isPresent());
      block.deletedBy.ifPresent(out::dot);
      block.content.ifPresent(content -> content.write(out));
    }
  }

  private static List<RgaBlock> joined(Rga rga) {
    List<RgaBlock> joined = new ArrayList<>();
    for (RgaBlock block : rga.sequence) {
      if (!joined.isEmpty() && joined.getLast().continuesInto(block)) {
        RgaBlock before = joined.removeLast();
        Optional<Content> both =
            before.content.map(content -> content.and(block.content.orElseThrow()));
        joined.add(
            new RgaBlock(
                before.run, before.from, before.length + block.length, both, before.deletedBy));
      } else {
        joined.add(block);
      }
    }
    return joined;
  }

  static Rga read(Input in) {
    boolean isList = in.flag();
    int count = in.count();
    Rga rga = new Rga();
    rga.isList(isList);
    List<RgaRun> runs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      runs.add(new RgaRun(in.id(), in.index(), Optional.empty(), in.flag()));
    }
    for (RgaRun run : runs) {
      run.parent = parent(runs, in);
    }
    for (int i = in.count(); i > 0; i--) {
      long number = in.number();
      if (number >= runs.size()) {
        throw new IllegalArgumentException("a block of no run");
      }
      RgaBlock block = block(runs.get((int) number), in);
      block.run.blocks.add(block);
      rga.sequence.addLast(block);
    }
    runs.forEach(RgaCodec::check);
    rga.load(runs);
    return rga;
  }

  private static Optional<Rga.Element> parent(List<RgaRun> runs, Input in) {
    int number = in.index();
    if (number == 0) {
      return Optional.empty();
    }
    int offset = in.index();
    if (number > runs.size() || offset >= runs.get(number - 1).length) {
      throw new IllegalArgumentException("a run that hangs from nothing");
    }
    return Optional.of(new Rga.Element(runs.get(number - 1), offset));
  }

  private static RgaBlock block(RgaRun run, Input in) {
    int from = in.index();
    int length = in.index();
    Optional<Dot> deletedBy = in.flag() ? Optional.of(in.dot()) : Optional.empty();
    Optional<Content> content = deletedBy.isEmpty() ? Content.read(in) : Optional.empty();
    if (content.isPresent() && content.get().length() != length) {
      throw new IllegalArgumentException("a block of another length than its content");
    }
    return new RgaBlock(run, from, length, content, deletedBy);
  }

  private static void check(RgaRun run) {
    run.blocks.sort(Comparator.comparingInt(block -> block.from));
    long next = 0;
    for (RgaBlock block : run.blocks) {
      if (block.from != next || block.length < 1) {
        throw new IllegalArgumentException("a run with holes");
      }
      next += block.length;
    }
    if (next != run.length || next == 0 || (long) run.first.index() + next > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a run of another length than its blocks");
    }
  }
}
