package dev.meridian.crdt;

import dev.meridian.clock.VersionVector;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values, each under the id it was put with. What one state has and another has not was taken out
 * there if that state includes the change that put it, and is not known there if not.
 */
final class Dotted {

  private static final int BYTES_EACH = 140;

  final TreeMap<ElementId, String> values;

  Dotted() {
    this(new TreeMap<>());
  }

  private Dotted(TreeMap<ElementId, String> values) {
    this.values = values;
  }

  void put(dev.meridian.clock.Dot dot, Delta.Put put) {
    put.replaced().forEach(each -> values.remove(each.in(dot)));
    values.put(put.id().in(dot), put.value());
  }

  void merge(Dotted other, VersionVector seen, VersionVector others) {
    for (Iterator<ElementId> mine = values.keySet().iterator(); mine.hasNext(); ) {
      ElementId id = mine.next();
      if (!other.values.containsKey(id) && others.contains(id.dot())) {
        mine.remove();
      }
    }
    for (Map.Entry<ElementId, String> theirs : other.values.entrySet()) {
      if (!seen.contains(theirs.getKey().dot())) {
        values.put(theirs.getKey(), theirs.getValue());
      }
    }
  }

  Dotted copy() {
    return new Dotted(new TreeMap<>(values));
  }

  /** A member with each id and its value. */
  String elements() {
    StringBuilder out = new StringBuilder(",\"elements\":[");
    String before = "";
    for (Map.Entry<ElementId, String> each : values.entrySet()) {
      out.append(before).append('[').append(Json.quote(each.getKey().toString())).append(',');
      out.append(each.getValue()).append(']');
      before = ",";
    }
    return out.append(']').toString();
  }

  void write(Output out) {
    out.number(values.size());
    values.forEach((id, value) -> out.id(id).text(value));
  }

  static Dotted read(Input in) {
    Dotted read = new Dotted();
    for (int i = in.count(); i > 0; i--) {
      read.values.put(in.id(), in.text());
    }
    return read;
  }

  int bytes() {
    return values.values().stream().mapToInt(String::length).sum() + values.size() * BYTES_EACH;
  }
}
