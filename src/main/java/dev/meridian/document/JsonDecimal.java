package dev.meridian.document;

import java.math.BigInteger;

/**
 * The value of a JSON number, in a form that equal values share: digits without zeros at either
 * end, and how far left of their last digit the decimal point is. Made in one pass over the text,
 * since a client may send a number of a million digits, or an exponent of any size, and have it
 * compared.
 *
 * @param digits with the sign; "0" for zero of either sign
 */
record JsonDecimal(String digits, BigInteger exponent) {

  private static final JsonDecimal ZERO = new JsonDecimal("0", BigInteger.ZERO);

  /** No exponent of a longer text is read as a number; it is told apart by its text. */
  private static final int MAX_EXPONENT_TEXT = 1000;

  static JsonDecimal of(String text) {
    int e = Math.max(text.indexOf('e'), text.indexOf('E'));
    String mantissa = e < 0 ? text : text.substring(0, e);
    boolean negative = mantissa.startsWith("-");
    int point = mantissa.indexOf('.');
    String digits = (negative ? mantissa.substring(1) : mantissa).replace(".", "");
    int from = 0;
    while (from < digits.length() && digits.charAt(from) == '0') {
      from++;
    }
    if (from == digits.length()) {
      return ZERO;
    }
    int to = digits.length();
    while (digits.charAt(to - 1) == '0') {
      to--;
    }
    int fraction = point < 0 ? 0 : mantissa.length() - point - 1;
    String significant = (negative ? "-" : "") + digits.substring(from, to);
    String exponent = e < 0 ? "0" : text.substring(e + 1);
    return exponent.length() > MAX_EXPONENT_TEXT
        ? new JsonDecimal(text, BigInteger.ZERO)
        : new JsonDecimal(
            significant,
            new BigInteger(exponent).add(BigInteger.valueOf(digits.length() - to - fraction)));
  }
}
