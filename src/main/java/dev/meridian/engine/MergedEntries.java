package dev.meridian.engine;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** Several sorted runs as one. A key that stands in several of them comes once, from the last. */
final class MergedEntries implements Iterator<Table.Entry> {

  private final PriorityQueue<Run> runs = new PriorityQueue<>(MergedEntries::compare);

  /**
   * @param sources the youngest last
   */
  MergedEntries(List<Iterator<Table.Entry>> sources) {
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).hasNext()) {
        runs.add(new Run(sources.get(i), i));
      }
    }
  }

  private static int compare(Run a, Run b) {
    int order = TableKey.ORDER.compare(a.head.key(), b.head.key());
    return order != 0 ? order : Integer.compare(b.age, a.age);
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
    private final int age;
    private Table.Entry head;

    Run(Iterator<Table.Entry> source, int age) {
      rest = source;
      this.age = age;
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
