package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns operations into what has the same effect everywhere. A field that several operations are
 * about is copied, and each is done to the copy, so that the next one sees it.
 */
final class Translator {

  private static final Dot DOT = ElementId.THIS_CHANGE;
  private static final VersionId VERSION =
      new VersionId(new HlcTimestamp(Long.MAX_VALUE), DOT.origin());

  private final FieldStates states;
  private final Map<FieldKey, Crdt> changed = new HashMap<>();
  private final List<FieldDelta.Step> steps = new ArrayList<>();
  private int elements;

  Translator(FieldStates states) {
    this.states = states;
  }

  FieldDelta translate(List<FieldOperation> operations) {
    if (operations.size() > FieldDelta.MAX_OPERATIONS) {
      throw new IllegalArgumentException("more than " + FieldDelta.MAX_OPERATIONS + " operations");
    }
    Map<FieldKey, Integer> left = new HashMap<>();
    operations.forEach(each -> left.merge(each.key(), 1, Integer::sum));
    for (FieldOperation operation : operations) {
      FieldKey key = operation.key();
      Crdt state = state(key);
      Delta delta = delta(operation, state);
      steps.add(new FieldDelta.Step(key, delta));
      if (left.merge(key, -1, Integer::sum) > 0) {
        Crdt own = changed.computeIfAbsent(key, unused -> state.copy());
        own.apply(DOT, VERSION, delta);
      }
    }
    return new FieldDelta(steps);
  }

  private Crdt state(FieldKey key) {
    Crdt own = changed.get(key);
    return own != null ? own : states.get(key).orElseGet(() -> Crdt.empty(key.type()));
  }

  private Delta delta(FieldOperation operation, Crdt state) {
    return switch (operation) {
      case FieldOperation.Increment(FieldKey key, long by) ->
          switch (state) {
            case Counter counter -> new Delta.Count(amount(by), BigInteger.ZERO);
            default -> throw new CrdtTypeMismatchException(key, "be incremented");
          };
      case FieldOperation.Decrement(FieldKey key, long by) -> {
        if (!(state instanceof Counter counter && counter.falls())) {
          throw new CrdtTypeMismatchException(key, "be decremented");
        }
        yield new Delta.Count(BigInteger.ZERO, amount(by));
      }
      case FieldOperation.Add(FieldKey key, String value) ->
          switch (state) {
            case GSet set -> new Delta.Grow(value);
            case OrSet set -> new Delta.Put(next(1), value, set.of(value));
            default -> throw new CrdtTypeMismatchException(key, "be added to");
          };
      case FieldOperation.Remove(FieldKey key, String value) -> {
        if (!(state instanceof OrSet set)) {
          throw new CrdtTypeMismatchException(key, "have values removed");
        }
        yield new Delta.Take(value, set.of(value));
      }
      case FieldOperation.Assign(FieldKey key, String value) ->
          switch (state) {
            case LwwRegister register -> new Delta.Put(next(1), value, List.of());
            case MvRegister register -> new Delta.Put(next(1), value, register.ids());
            default -> throw new CrdtTypeMismatchException(key, "be set");
          };
      case FieldOperation.InsertText insert ->
          insert(
              rga(state, insert.key(), "be inserted into"),
              insert.at(),
              Content.text(insert.text()));
      case FieldOperation.InsertItems insert ->
          insert(
              rga(state, insert.key(), "be inserted into"),
              insert.at(),
              Content.items(insert.values().toArray(String[]::new)));
      case FieldOperation.Delete delete ->
          erase(rga(state, delete.key(), "have elements deleted"), delete);
    };
  }

  private static BigInteger amount(long by) {
    if (by < 0) {
      throw new IllegalArgumentException("a negative amount");
    }
    return BigInteger.valueOf(by);
  }

  private static Rga rga(Crdt state, FieldKey key, String what) {
    if (state instanceof Rga rga) {
      return rga;
    }
    throw new CrdtTypeMismatchException(key, what);
  }

  /** The id of the first of so many new things. */
  private ElementId next(int count) {
    ElementId id = new ElementId(DOT, elements);
    elements = Math.addExact(elements, count);
    return id;
  }

  private Delta insert(Rga rga, FieldOperation.Position at, Content content) {
    if (content.length() == 0) {
      throw new IndexOutOfRangeException("there is nothing to insert");
    }
    RgaPlace place = RgaPlace.of(rga, before(rga, at));
    return new Delta.Insert(next(content.length()), place.parent(), place.left(), content);
  }

  /** How many visible elements an insertion goes behind. */
  private static int before(Rga rga, FieldOperation.Position position) {
    return switch (position) {
      case FieldOperation.Position.Index(int at) -> {
        checkIndex(rga, at, 0);
        yield at;
      }
      case FieldOperation.Position.After(String id) -> id.isEmpty() ? 0 : behind(rga, id);
    };
  }

  private static int behind(Rga rga, String id) {
    Rga.Element element = element(rga, id);
    RgaBlock block = element.block();
    int visible = block.content.isEmpty() ? 0 : element.offset() - block.from + 1;
    return rga.sequence.indexOf(block) + visible;
  }

  private static void checkIndex(Rga rga, int at, int count) {
    if (at < 0 || count < 0 || at > rga.length() - count) {
      throw new IndexOutOfRangeException(
          "position "
              + at
              + (count > 0 ? " and " + count + " elements" : "")
              + " of a "
              + (rga.isText() ? "text" : "list")
              + " of length "
              + rga.length());
    }
  }

  private static Rga.Element element(Rga rga, String id) {
    try {
      Optional<Rga.Element> found = rga.find(ElementId.parse(id));
      if (found.isPresent()) {
        return found.get();
      }
    } catch (IllegalArgumentException malformed) {
      throw new IndexOutOfRangeException(malformed.getMessage());
    }
    throw new IndexOutOfRangeException("there is no element '" + id + "'");
  }

  private static Delta erase(Rga rga, FieldOperation.Delete delete) {
    int at =
        switch (delete.at()) {
          case FieldOperation.Position.Index(int index) -> index;
          case FieldOperation.Position.After(String id) -> index(rga, element(rga, id), id);
        };
    checkIndex(rga, at, delete.count());
    List<Delta.Range> ranges = new ArrayList<>();
    int left = delete.count();
    int index = at;
    while (left > 0) {
      RgaSequence.Place place = rga.sequence.at(index);
      int count = Math.min(left, place.block().length - place.within());
      ranges.add(new Delta.Range(place.block().run.id(place.offset()), count));
      index += count;
      left -= count;
    }
    return new Delta.Erase(ranges);
  }

  private static int index(Rga rga, Rga.Element element, String id) {
    RgaBlock block = element.block();
    if (block.content.isEmpty()) {
      throw new IndexOutOfRangeException("element '" + id + "' is deleted already");
    }
    return rga.sequence.indexOf(block) + element.offset() - block.from;
  }
}
