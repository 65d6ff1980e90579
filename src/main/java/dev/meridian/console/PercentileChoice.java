package dev.meridian.console;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Link;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which percentile is shown; how many links miss the objective of each is said beside it. */
class PercentileChoice extends Nav {

  private final Map<Percentile, Anchor> choices = new EnumMap<>(Percentile.class);
  private final Map<Percentile, Span> counts = new EnumMap<>(Percentile.class);

  PercentileChoice() {
    addClassName("choices");
    getElement().setAttribute("aria-label", "Percentile of the lag");
    for (Percentile each : Percentile.values()) {
      Span count = new Span();
      count.addClassNames("badge", "late");
      Anchor choice = new Anchor();
      choice.add(new Span(each.text()), count);
      choices.put(each, choice);
      counts.put(each, count);
      add(choice);
    }
  }

  void show(ReplicationState state, List<Link> links) {
    choices.forEach(
        (percentile, choice) -> {
          choice.setHref(state.with(percentile).path());
          if (percentile == state.percentile()) {
            choice.getElement().setAttribute("aria-current", "true");
          } else {
            choice.getElement().removeAttribute("aria-current");
          }
        });
    counts.forEach(
        (percentile, count) -> {
          long late =
              links.stream()
                  .filter(link -> link.known() && link.missed(percentile).isPresent())
                  .count();
          count.setText(late + " over");
          count.setVisible(late > 0);
        });
  }
}
