package dev.meridian.cluster;

/**
 * The latest intervals between signs of life, and how unlikely a silence is after them: Hayashibara
 * et al., "The φ Accrual Failure Detector", 2004. Intervals are taken as normally distributed.
 * Bounded; guarded by its owner.
 */
final class ArrivalWindow {

  /** How many intervals are remembered. */
  static final int SIZE = 128;

  private static final double LOG10_E = 1 / Math.log(10);

  private final double leastDeviation;
  private final double[] intervals = new double[SIZE];
  private long recorded;
  private double sum;
  private double squares;

  /**
   * @param expected what an interval is taken to be before any was seen, in ms
   */
  ArrivalWindow(double expected) {
    leastDeviation = expected;
    add(expected);
  }

  void add(double millis) {
    int slot = (int) (recorded++ % SIZE);
    double old = intervals[slot];
    intervals[slot] = millis;
    sum += millis - old;
    squares += millis * millis - old * old;
  }

  double mean() {
    return sum / count();
  }

  /** At least one expected interval, so that one lost message raises no suspicion. */
  double deviation() {
    double variance = squares / count() - mean() * mean();
    return Math.max(leastDeviation, Math.sqrt(Math.max(0, variance)));
  }

  /**
   * {@code -log10} of the probability that a sign of life comes later than this; the normal tail by
   * the logistic approximation of Bowling et al., 2009. Grows with the silence, without bound.
   */
  double phi(double silenceMillis) {
    double z = (silenceMillis - mean()) / deviation();
    double exponent = z * (1.5976 + 0.07056 * z * z);
    return exponent > 30 ? exponent * LOG10_E : Math.log1p(Math.exp(exponent)) * LOG10_E;
  }

  private double count() {
    return Math.min(recorded, SIZE);
  }
}
