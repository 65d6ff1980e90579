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
 *  runs   count × ( first id | length | has a parent flag, its id | left flag ), by id
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
      out.id(run.first).number(run.length).flag(run.parent.isPresent());
      run.parent.ifPresent(out::id);
      out.flag(run.left);
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
    Rga rga = new Rga();
    rga.isList(in.flag());
    List<RgaRun> runs = new ArrayList<>();
    for (int i = in.count(); i > 0; i--) {
      ElementId first = in.id();
      int length = in.index();
      Optional<ElementId> parent = in.flag() ? Optional.of(in.id()) : Optional.empty();
      runs.add(new RgaRun(first, length, parent, in.flag()));
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
    runs.forEach(rga::register);
    runs.forEach(rga::hang);
    return rga;
  }

  private static RgaBlock block(RgaRun run, Input in) {
    int from = in.index();
    int length = in.index();
    Optional<Dot> deletedBy = in.flag() ? Optional.of(in.dot()) : Optional.empty();
    Optional<Content> content =
        deletedBy.isEmpty() ? Optional.of(Content.read(in)) : Optional.empty();
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
