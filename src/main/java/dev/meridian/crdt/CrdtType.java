package dev.meridian.crdt;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of CRDT fields. The number is part of the format and never reused. */
public enum CrdtType {
  /** Only grows. */
  G_COUNTER(1, "g-counter"),
  /** Grows and falls. */
  PN_COUNTER(2, "pn-counter"),
  /** A set that nothing is taken out of. */
  G_SET(3, "g-set"),
  /** A set; of adding and removing at once, adding wins. */
  OR_SET(4, "or-set"),
  /** One value; the latest write wins. */
  LWW_REGISTER(5, "lww-register"),
  /** One value, or all that were written at once. */
  MV_REGISTER(6, "mv-register"),
  /** A text, or a list. */
  RGA(7, "rga");

  private final int number;
  private final String text;

  CrdtType(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** What clients call it. */
  public String text() {
    return text;
  }

  int number() {
    return number;
  }

  public static Optional<CrdtType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
  }

  static CrdtType of(int number) {
    return Arrays.stream(values())
        .filter(type -> type.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no CRDT has the number " + number));
  }
}
