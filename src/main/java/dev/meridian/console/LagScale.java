package dev.meridian.console;

import java.util.List;

/**
 * How high a lag is drawn. Logarithmic, so that a lag of some milliseconds can be seen beside an
 * objective of seconds.
 */
record LagScale(double mostMillis) {

  private static final double ROOM = 1.5;

  /** From nothing to somewhat above all that is to be drawn. */
  static LagScale of(List<Double> millis, double objectiveMillis) {
    double most = millis.stream().max(Double::compare).orElse(0.0);
    return new LagScale(Math.max(1, ROOM * Math.max(most, objectiveMillis)));
  }

  /** 0 to 100. */
  double percent(double millis) {
    return Math.clamp(100 * Math.log1p(Math.max(0, millis)) / Math.log1p(mostMillis), 0, 100);
  }
}
