package dev.meridian.crdt;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Blocks in the order in which they are read, in chunks that know how many visible elements they
 * hold: finding one by its index walks over chunks first.
 */
final class RgaSequence implements Iterable<RgaBlock> {

  private static final int CHUNK = 128;

  static final Chunk NOWHERE = new Chunk();

  private final List<Chunk> chunks = new ArrayList<>();
  private int visible;

  /** Some blocks in a row. */
  static final class Chunk {
    private final ArrayList<RgaBlock> blocks = new ArrayList<>();
    private int visible;

    private int indexOf(RgaBlock block) {
      for (int i = 0; i < blocks.size(); i++) {
        if (blocks.get(i) == block) {
          return i;
        }
      }
      throw new IllegalStateException("a block that is nowhere");
    }
  }

  /** A visible element. */
  record Place(RgaBlock block, int within) {
    int offset() {
      return block.from + within;
    }
  }

  int visible() {
    return visible;
  }

  boolean isEmpty() {
    return chunks.isEmpty();
  }

  RgaBlock first() {
    return chunks.getFirst().blocks.getFirst();
  }

  /**
   * @param index of a visible element
   */
  Place at(int index) {
    int left = index;
    for (Chunk chunk : chunks) {
      if (left >= chunk.visible) {
        left -= chunk.visible;
        continue;
      }
      for (RgaBlock block : chunk.blocks) {
        if (left < block.visible()) {
          return new Place(block, left);
        }
        left -= block.visible();
      }
    }
    throw new NoSuchElementException("no element " + index + " of " + visible);
  }

  /** How many visible elements stand before a block. */
  int indexOf(RgaBlock sought) {
    int before = 0;
    for (Chunk chunk : chunks) {
      if (chunk != sought.chunk) {
        before += chunk.visible;
        continue;
      }
      for (RgaBlock block : chunk.blocks) {
        if (block == sought) {
          return before;
        }
        before += block.visible();
      }
    }
    throw new IllegalStateException("a block that is nowhere");
  }

  void addFirst(RgaBlock block) {
    if (chunks.isEmpty()) {
      chunks.add(new Chunk());
    }
    insert(chunks.getFirst(), 0, block);
  }

  /** For one who builds it from the beginning. */
  void addLast(RgaBlock block) {
    if (chunks.isEmpty() || chunks.getLast().blocks.size() >= CHUNK / 2) {
      chunks.add(new Chunk());
    }
    Chunk last = chunks.getLast();
    insert(last, last.blocks.size(), block);
  }

  void addAfter(RgaBlock before, RgaBlock block) {
    insert(before.chunk, before.chunk.indexOf(before) + 1, block);
  }

  void addBefore(RgaBlock after, RgaBlock block) {
    insert(after.chunk, after.chunk.indexOf(after), block);
  }

  private void insert(Chunk chunk, int at, RgaBlock block) {
    chunk.blocks.add(at, block);
    block.chunk = chunk;
    chunk.visible += block.visible();
    visible += block.visible();
    if (chunk.blocks.size() > CHUNK) {
      split(chunk);
    }
  }

  private void split(Chunk chunk) {
    Chunk second = new Chunk();
    List<RgaBlock> tail = chunk.blocks.subList(CHUNK / 2, chunk.blocks.size());
    for (RgaBlock block : tail) {
      second.blocks.add(block);
      block.chunk = second;
      second.visible += block.visible();
    }
    chunk.visible -= second.visible;
    tail.clear();
    chunks.add(chunks.indexOf(chunk) + 1, second);
  }

  void remove(RgaBlock block) {
    Chunk chunk = block.chunk;
    chunk.blocks.remove(chunk.indexOf(block));
    chunk.visible -= block.visible();
    visible -= block.visible();
    block.chunk = NOWHERE;
    if (chunk.blocks.isEmpty()) {
      chunks.remove(chunk);
    }
  }

  /** A block shows fewer elements than it did. */
  void hid(RgaBlock block, int elements) {
    block.chunk.visible -= elements;
    visible -= elements;
  }

  /** The block behind another one, if there is one. */
  java.util.Optional<RgaBlock> next(RgaBlock block) {
    int at = block.chunk.indexOf(block) + 1;
    if (at < block.chunk.blocks.size()) {
      return java.util.Optional.of(block.chunk.blocks.get(at));
    }
    int chunk = chunks.indexOf(block.chunk) + 1;
    return chunk < chunks.size()
        ? java.util.Optional.of(chunks.get(chunk).blocks.getFirst())
        : java.util.Optional.empty();
  }

  @Override
  public Iterator<RgaBlock> iterator() {
    return chunks.stream().flatMap(chunk -> chunk.blocks.stream()).iterator();
  }
}
