package dev.meridian.crdt;

import java.math.BigInteger;
import java.util.List;

/** What one operation does to a field, in a form that has the same effect everywhere. */
sealed interface Delta {

  /** Adds to a counter. */
  record Count(BigInteger plus, BigInteger minus) implements Delta {}

  /** Puts a value into a set that only grows. */
  record Grow(String value) implements Delta {}

  /**
   * Puts a value into a set or register, in the place of what was seen of it.
   *
   * @param id of what is put
   * @param replaced what is taken out
   */
  record Put(ElementId id, String value, List<ElementId> replaced) implements Delta {}

  /** Takes out of a set what was seen of a value. */
  record Take(String value, List<ElementId> taken) implements Delta {}

  /**
   * Puts elements into a text or list.
   *
   * @param first id of the first one; those of the others follow
   * @param parent what the first one hangs from; empty for the root
   * @param left on which side of it
   */
  record Insert(ElementId first, List<ElementId> parent, boolean left, Content content)
      implements Delta {}

  /** Takes elements out of a text or list. */
  record Erase(List<Range> ranges) implements Delta {}

  /** Elements that one change put in a row. */
  record Range(ElementId first, int count) {}
}
