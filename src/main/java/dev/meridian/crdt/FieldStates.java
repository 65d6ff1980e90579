package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The states of all CRDT fields of one document, and which of its changes are in them. Belongs to
 * one thread at a time.
 *
 * <pre>
 *  version = 2 | included vector
 *  fields count × ( path text | type | incarnation text | touched vector | state )
 * </pre>
 */
public final class FieldStates {

  private static final int VERSION = 2;

  private final TreeMap<FieldKey, Field> fields = new TreeMap<>();
  private VersionVector included = VersionVector.EMPTY;

  /**
   * @param touched the last change of each origin that was about the field
   */
  private record Field(Crdt state, VersionVector touched) {}

  /** The changes of the document that are in here. */
  public VersionVector included() {
    return included;
  }

  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /** All fields there ever were, sorted. */
  public List<FieldKey> keys() {
    return List.copyOf(fields.keySet());
  }

  public Optional<Crdt> get(FieldKey key) {
    return Optional.ofNullable(fields.get(key)).map(Field::state);
  }

  /** The last change of each origin that was about a field. */
  public VersionVector touched(FieldKey key) {
    Field field = fields.get(key);
    return field == null ? VersionVector.EMPTY : field.touched();
  }

  /**
   * Does what a change did, unless it is in here. Changes of an origin come in their order, and
   * after those they were based on. What cannot be done was made up by somebody and has no effect,
   * the same everywhere.
   */
  public void apply(Dot dot, VersionId version, FieldDelta delta) {
    if (included.contains(dot)) {
      return;
    }
    for (FieldDelta.Step step : delta.steps()) {
      Field field = fields.get(step.key());
      Crdt state = field == null ? Crdt.empty(step.key().type()) : field.state();
      try {
        state.apply(dot, version, step.delta());
      } catch (IllegalArgumentException madeUp) {
        continue;
      }
      VersionVector touched = field == null ? VersionVector.EMPTY : field.touched();
      fields.put(step.key(), new Field(state, touched.with(dot)));
    }
    included = included.with(dot);
  }

  /** Takes in another state of the same document. */
  public void merge(FieldStates other) {
    for (Map.Entry<FieldKey, Field> theirs : other.fields.entrySet()) {
      FieldKey key = theirs.getKey();
      Field mine = fields.get(key);
      Crdt state = mine == null ? Crdt.empty(key.type()) : mine.state();
      state.merge(theirs.getValue().state(), included, other.included);
      VersionVector touched = mine == null ? VersionVector.EMPTY : mine.touched();
      fields.put(key, new Field(state, touched.merge(theirs.getValue().touched())));
    }
    included = included.merge(other.included);
  }

  /**
   * What operations mean in terms of this state, which stays as it is. Each sees what those before
   * it do.
   *
   * @throws CrdtTypeMismatchException when one does not fit its field
   * @throws IndexOutOfRangeException when one names a position that is not there
   */
  public FieldDelta translate(List<FieldOperation> operations) {
    return new Translator(this).translate(operations);
  }

  /**
   * Forgets what makes no difference any more: deleted elements, and fields that are in no document
   * now. States that are collected at different times show the same and are not the same bytes.
   *
   * @param stable changes that every region has, and whatever any region did before it had them is
   *     in these states
   * @param live the fields that show, or may do so again
   */
  public void collect(VersionVector stable, Set<FieldKey> live) {
    fields
        .entrySet()
        .removeIf(
            field -> !live.contains(field.getKey()) && stable.covers(field.getValue().touched()));
    fields.values().forEach(field -> field.state().collect(stable));
  }

  public FieldStates copy() {
    FieldStates copy = new FieldStates();
    fields.forEach(
        (key, field) -> copy.fields.put(key, new Field(field.state().copy(), field.touched())));
    copy.included = included;
    return copy;
  }

  /** The heap it takes, about. */
  public int bytes() {
    return fields.values().stream().mapToInt(field -> 300 + field.state().bytes()).sum();
  }

  /** Equal states have equal bytes. */
  public byte[] encode() {
    Output out = new Output();
    out.number(VERSION).vector(included).number(fields.size());
    fields.forEach(
        (key, field) -> {
          FieldDelta.write(key, out);
          out.vector(field.touched());
          field.state().write(out);
        });
    return out.toBytes();
  }

  /** Reads what {@link #encode} wrote; anything else is an {@link IllegalArgumentException}. */
  public static FieldStates decode(byte[] bytes, int offset, int length) {
    Input in = new Input(bytes, offset, length);
    FieldStates states = new FieldStates();
    try {
      if (in.number() != VERSION) {
        throw new IllegalArgumentException("states of another format version");
      }
      states.included = in.vector();
      for (int i = in.count(); i > 0; i--) {
        FieldKey key = FieldDelta.key(in);
        VersionVector touched = in.vector();
        states.fields.put(key, new Field(Crdt.read(key.type(), in), touched));
      }
      in.end();
      return states;
    } catch (RuntimeException damaged) {
      throw new IllegalArgumentException("no states: " + damaged.getMessage(), damaged);
    }
  }
}
