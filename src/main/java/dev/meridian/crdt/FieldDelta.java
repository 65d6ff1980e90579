package dev.meridian.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one change does to the CRDT fields of a document. Made once, the same bytes everywhere.
 * Immutable.
 *
 * <pre>
 *  version = 1
 *  keys  count × ( path text | type | incarnation text )
 *  steps count × ( key number | kind 1 to 6 | what the kind needs )
 *
 *  1 count   plus, minus            4 take    value text | ids
 *  2 grow    value text             5 insert  first id | parents ids (0 or 1) | left flag | content
 *  3 put     id | value text | ids  6 erase   count × ( first id | count )
 *
 *  id      = of this change flag | origin, sequence if not | index
 *  content = text flag | text, or count × text
 * </pre>
 *
 * Numbers are LEB128; an origin's name is written where it comes first, and its number after that.
 */
public final class FieldDelta {

  /** The most operations of one change. */
  public static final int MAX_OPERATIONS = 1000;

  /** Does nothing. */
  public static final FieldDelta NOTHING = new FieldDelta(List.of());

  private static final int VERSION = 1;
  private static final int COUNT = 1;
  private static final int GROW = 2;
  private static final int PUT = 3;
  private static final int TAKE = 4;
  private static final int INSERT = 5;
  private static final int ERASE = 6;

  private final List<Step> steps;

  /** One operation. */
  record Step(FieldKey key, Delta delta) {}

  FieldDelta(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  List<Step> steps() {
    return steps;
  }

  /** The fields it is about, each once. */
  public List<FieldKey> keys() {
    return steps.stream().map(Step::key).distinct().toList();
  }

  public byte[] encode() {
    Output out = new Output();
    out.number(VERSION);
    Map<FieldKey, Integer> numbers = new LinkedHashMap<>();
    keys().forEach(key -> numbers.put(key, numbers.size()));
    out.number(numbers.size());
    numbers.keySet().forEach(key -> write(key, out));
    out.number(steps.size());
    for (Step step : steps) {
      out.number(numbers.get(step.key()));
      write(step.delta(), out);
    }
    return out.toBytes();
  }

  static void write(FieldKey key, Output out) {
    out.text(key.path()).number(key.type().number()).text(key.incarnation());
  }

  static FieldKey key(Input in) {
    return new FieldKey(in.text(), CrdtType.of(in.index()), in.text());
  }

  private static void write(Delta delta, Output out) {
    switch (delta) {
      case Delta.Count count -> out.number(COUNT).big(count.plus()).big(count.minus());
      case Delta.Grow(String value) -> out.number(GROW).text(value);
      case Delta.Put put -> out.number(PUT).id(put.id()).text(put.value()).ids(put.replaced());
      case Delta.Take(String value, List<ElementId> taken) ->
          out.number(TAKE).text(value).ids(taken);
      case Delta.Insert insert -> {
        out.number(INSERT).id(insert.first()).ids(insert.parent()).flag(insert.left());
        insert.content().write(out);
      }
      case Delta.Erase(List<Delta.Range> ranges) -> {
        out.number(ERASE).number(ranges.size());
        ranges.forEach(range -> out.id(range.first()).number(range.count()));
      }
    }
  }

  /** Reads what {@link #encode} wrote; anything else is an {@link IllegalArgumentException}. */
  public static FieldDelta decode(byte[] bytes, int offset, int length) {
    Input in = new Input(bytes, offset, length);
    try {
      if (in.number() != VERSION) {
        throw new IllegalArgumentException("operations of another format version");
      }
      List<FieldKey> keys = new ArrayList<>();
      for (int i = in.count(); i > 0; i--) {
        keys.add(key(in));
      }
      int count = in.count();
      if (count > MAX_OPERATIONS) {
        throw new IllegalArgumentException(count + " operations");
      }
      List<Step> steps = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        steps.add(new Step(keys.get(in.index()), delta(in)));
      }
      in.end();
      return new FieldDelta(steps);
    } catch (RuntimeException damaged) {
      throw new IllegalArgumentException("no operations: " + damaged.getMessage(), damaged);
    }
  }

  private static Delta delta(Input in) {
    int kind = in.index();
    return switch (kind) {
      case COUNT -> new Delta.Count(in.big(), in.big());
      case GROW -> new Delta.Grow(in.text());
      case PUT -> new Delta.Put(in.id(), in.text(), in.ids());
      case TAKE -> new Delta.Take(in.text(), in.ids());
      case INSERT -> insert(in);
      case ERASE -> {
        List<Delta.Range> ranges = new ArrayList<>();
        for (int i = in.count(); i > 0; i--) {
          ranges.add(new Delta.Range(in.id(), in.index()));
        }
        yield new Delta.Erase(ranges);
      }
      default -> throw new IllegalArgumentException("an operation of the unknown kind " + kind);
    };
  }

  private static Delta insert(Input in) {
    Delta.Insert insert =
        new Delta.Insert(in.id(), in.ids(), in.flag(), Content.read(in).orElseThrow());
    if (!insert.first().isOfThisChange()
        || insert.parent().size() > 1
        || insert.content().length() == 0) {
      throw new IllegalArgumentException("an insertion that cannot be");
    }
    return insert;
  }
}
