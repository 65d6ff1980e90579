package dev.meridian.crdt;

import java.util.List;

/** What a client does to one CRDT field. Values are compact JSON texts. */
public sealed interface FieldOperation {

  FieldKey key();

  /**
   * @param by 0 or more
   */
  record Increment(FieldKey key, long by) implements FieldOperation {}

  /**
   * @param by 0 or more
   */
  record Decrement(FieldKey key, long by) implements FieldOperation {}

  /** Puts a value into a set. */
  record Add(FieldKey key, String value) implements FieldOperation {}

  /** Takes a value out of a set, as far as it is seen there. */
  record Remove(FieldKey key, String value) implements FieldOperation {}

  /** Sets a register. */
  record Assign(FieldKey key, String value) implements FieldOperation {}

  /** Puts characters into a text; its elements are Unicode code points. */
  record InsertText(FieldKey key, Position at, String text) implements FieldOperation {}

  /** Puts values into a list. */
  record InsertItems(FieldKey key, Position at, List<String> values) implements FieldOperation {}

  /**
   * Takes elements out of a text or list.
   *
   * @param at the first of them
   */
  record Delete(FieldKey key, Position at, int count) implements FieldOperation {}

  /** A place in a text or list. */
  sealed interface Position {
    /** Before the element that is now at this index, or the end. */
    record Index(int at) implements Position {}

    /**
     * Behind an element, whatever stands around it; for a deletion the element itself.
     *
     * @param element as {@code ?crdt=state} shows it; empty for the beginning
     */
    record After(String element) implements Position {}
  }
}
