package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A set; of adding and removing a value at once, adding wins, as removing takes out only what was
 * seen. Shown sorted by the text of its values.
 */
public final class OrSet extends Crdt {

  private final Dotted elements;
  private final Map<String, List<ElementId>> byValue = new HashMap<>();

  OrSet() {
    this(new Dotted());
  }

  private OrSet(Dotted elements) {
    this.elements = elements;
    index();
  }

  private void index() {
    byValue.clear();
    elements.values.forEach(this::index);
  }

  private void index(ElementId id, String value) {
    byValue.computeIfAbsent(value, unused -> new ArrayList<>(1)).add(id);
  }

  @Override
  public CrdtType type() {
    return CrdtType.OR_SET;
  }

  @Override
  public String view() {
    return Json.array(new TreeSet<>(byValue.keySet()));
  }

  @Override
  public String stateView() {
    return Json.state(type(), view(), elements.elements());
  }

  /** What it holds of a value. */
  List<ElementId> of(String value) {
    return List.copyOf(byValue.getOrDefault(value, List.of()));
  }

  @Override
  void apply(Dot dot, VersionId version, Delta delta) {
    switch (delta) {
      case Delta.Put put -> {
        take(put.value(), put.replaced(), dot);
        elements.values.put(put.id().in(dot), put.value());
        index(put.id().in(dot), put.value());
      }
      case Delta.Take(String value, List<ElementId> taken) -> take(value, taken, dot);
      case Delta.Count strange -> throw strange(delta);
      case Delta.Grow strange -> throw strange(delta);
      case Delta.Insert strange -> throw strange(delta);
      case Delta.Erase strange -> throw strange(delta);
    }
  }

  private void take(String value, List<ElementId> taken, Dot dot) {
    for (ElementId each : taken) {
      ElementId id = each.in(dot);
      if (elements.values.remove(id) != null) {
        List<ElementId> left = byValue.getOrDefault(value, new ArrayList<>());
        left.remove(id);
        if (left.isEmpty()) {
          byValue.remove(value);
        }
      }
    }
  }

  @Override
  void merge(Crdt other, VersionVector seen, VersionVector others) {
    elements.merge(((OrSet) other).elements, seen, others);
    index();
  }

  @Override
  Crdt copy() {
    return new OrSet(elements.copy());
  }

  @Override
  void write(Output out) {
    Map<String, List<ElementId>> sorted = new TreeMap<>(byValue);
    out.number(sorted.size());
    sorted.forEach((value, ids) -> out.text(value).ids(ids.stream().sorted().toList()));
  }

  static OrSet read(Input in) {
    Dotted elements = new Dotted();
    for (int i = in.count(); i > 0; i--) {
      String value = in.text();
      in.ids().forEach(id -> elements.values.put(id, value));
    }
    return new OrSet(elements);
  }

  @Override
  int bytes() {
    return 2 * elements.bytes();
  }
}
