package dev.meridian.engine;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** Several sorted runs as one. A key that stands in several of them comes once. */
final class MergedEntries implements Iterator<Table.Entry> {

  private final PriorityQueue<Run> runs =
      new PriorityQueue<>((a, b) -> TableKey.ORDER.compare(a.head.key(), b.head.key()));

  MergedEntries(List<Iterator<Table.Entry>> sources) {
    for (Iterator<Table.Entry> source : sources) {
      if (source.hasNext()) {
        runs.add(new Run(source));
      }
    }
  }

  @Override
  public boolean hasNext() {
    return !runs.isEmpty();
  }

  @Override
  public Table.Entry next() {
    if (runs.isEmpty()) {
      throw new NoSuchElementException();
    }
    Table.Entry entry = runs.peek().head;
    do {
      Run run = runs.remove();
      if (run.advance()) {
        runs.add(run);
      }
    } while (!runs.isEmpty() && TableKey.ORDER.compare(runs.peek().head.key(), entry.key()) == 0);
    return entry;
  }

  private static final class Run {
    private final Iterator<Table.Entry> rest;
    private Table.Entry head;

    Run(Iterator<Table.Entry> source) {
      rest = source;
      head = source.next();
    }

    boolean advance() {
      if (!rest.hasNext()) {
        return false;
      }
      head = rest.next();
      return true;
    }
  }
}
