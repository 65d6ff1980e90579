package dev.meridian.console;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Link;
import java.util.Optional;

/** One link in the matrix. It changes in place, so that focus and selection stay where they are. */
class LinkCell extends NativeTableCell {

  private final Anchor choose = new Anchor();
  private final Span value = new Span();
  private final Span against = new Span();
  private final Span pending = new Span();
  private final Spark spark = new Spark();
  private final Anchor elsewhere = new Anchor();

  LinkCell() {
    against.addClassName("what");
    pending.addClassName("what");
    elsewhere.addClassName("elsewhere-link");
    elsewhere.setRouterIgnore(true);
    choose.add(value, against, spark, pending);
    add(choose, elsewhere);
  }

  /**
   * @param console of the region at the end of the link; empty for this one
   */
  void show(Link link, ReplicationState state, String console) {
    LinkWords words = LinkWords.of(link, state.percentile());
    getElement().setAttribute("data-tone", words.tone().css());
    value.setClassName("key value " + words.tone().css());
    value.setText(words.value());
    against.setText(words.against());
    pending.setText(words.pending());
    spark.show(
        link.detail().perMinute().stream()
            .map(minute -> minute.changes() == 0 ? -1.0 : state.percentile().of(minute))
            .toList(),
        link.objective(state.percentile()).map(slo -> (double) slo.targetMs()).orElse(0.0));
    boolean chosen = state.link().filter(link.key()::equals).isPresent();
    choose.setHref(state.with(Optional.of(link.key())).path());
    choose.getElement().setAttribute("aria-label", words.aloud());
    choose.setTitle(words.aloud()); // in a large matrix the cell has no room for all of it
    if (chosen && !getClassNames().contains("chosen")) {
      // A large matrix scrolls, and the address may name a link that is out of sight.
      InSight.bring(this);
    }
    setClassName("chosen", chosen);
    if (chosen) {
      choose.getElement().setAttribute("aria-current", "true");
    } else {
      choose.getElement().removeAttribute("aria-current");
    }
    elsewhere.setVisible(!link.known() && !console.isEmpty());
    elsewhere.setHref(console);
    elsewhere.setText("Ask " + link.status().to());
    elsewhere.setTitle("Open the console of " + link.status().to() + ", which measures this link");
  }
}
