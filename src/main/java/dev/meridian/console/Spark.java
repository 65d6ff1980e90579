package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import java.util.List;
import java.util.Locale;

/** Lag minute by minute in the size of a word, with the objective as a line across it. */
class Spark extends Div {

  /** What was measured is seen, however little it was. */
  private static final double LEAST = 6;

  private final Div bars = new Div();

  Spark() {
    addClassName("spark");
    getElement().setAttribute("aria-hidden", "true"); // the panel of the link has the figures
    add(bars);
  }

  /**
   * @param minutes the oldest first; below 0 where there was nothing
   * @param objectiveMillis 0 for none
   */
  void show(List<Double> minutes, double objectiveMillis) {
    setVisible(minutes.stream().anyMatch(each -> each >= 0));
    LagScale scale = LagScale.of(minutes, objectiveMillis);
    bars.getStyle().set("clip-path", shape(minutes, scale));
    getStyle()
        .set("--mark", objectiveMillis > 0 ? percent(scale.percent(objectiveMillis)) : "-1px");
  }

  /** One bar a minute, as an outline along the ground. */
  static String shape(List<Double> minutes, LagScale scale) {
    StringBuilder points = new StringBuilder("polygon(0% 100%");
    double width = 100.0 / Math.max(1, minutes.size());
    for (int i = 0; i < minutes.size(); i++) {
      double left = i * width;
      double right = left + 0.8 * width;
      double top = minutes.get(i) < 0 ? 100 : 100 - Math.max(LEAST, scale.percent(minutes.get(i)));
      for (double[] point : new double[][] {{left, 100}, {left, top}, {right, top}, {right, 100}}) {
        points.append(", ").append(percent(point[0])).append(' ').append(percent(point[1]));
      }
    }
    return points.append(")").toString();
  }

  private static String percent(double number) {
    return String.format(Locale.ROOT, "%.0f%%", number);
  }
}
