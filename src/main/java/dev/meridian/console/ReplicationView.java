package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.console.Links.Link;
import dev.meridian.console.LiveCluster.Picture;
import dev.meridian.coordinator.LinkControl;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Which pair of regions lags, since when, and why? */
@Route(value = "replication", layout = ConsoleLayout.class)
@PageTitle("Replication · Meridian")
public class ReplicationView extends Main implements BeforeEnterObserver {

  private final LiveCluster live;
  private final Later later;
  private final HeadlineText headline = new HeadlineText();
  private final PercentileChoice percentiles = new PercentileChoice();
  private final LinkMatrix matrix = new LinkMatrix();
  private final LinkPanel panel;
  private final Section links;
  private final HintsTable hints = new HintsTable();
  private final Component alone =
      Failures.empty(
          "One region, no links",
          "Nothing is replicated, so nothing can lag. Name other regions in MERIDIAN_PEERS, and"
              + " each link to and from them appears here.");
  private ReplicationState state = ReplicationState.START;
  private Runnable stop = () -> {};

  @Inject
  ReplicationView(LiveCluster live, LinkControl control, Later later) {
    this.live = live;
    this.later = later;
    this.panel = new LinkPanel(control, () -> show(live.now()));
    addClassNames("view", "replication");
    Paragraph hint =
        new Paragraph(
            "Lag of the last minute: from the commit in the region of the row to the moment the"
                + " change could be read in the region of the column, which measures it. Choose a"
                + " cell for the link.");
    hint.addClassName("hint");
    Div head = new Div(new H2("Links"), percentiles);
    head.addClassName("section-head");
    links = new Section(head, hint, matrix, panel);
    add(headline.parts());
    add(alone, links, hints);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    state = ReplicationState.of(event.getLocation().getQueryParameters());
    show(live.now());
  }

  @Override
  protected void onAttach(AttachEvent event) {
    UI page = event.getUI();
    stop = live.watch(picture -> later.onPage(page, () -> show(picture)));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop.run();
  }

  private void show(Picture now) {
    headline.show(Headline.of(now.regions()));
    List<Link> all = Links.of(now.regions());
    alone.setVisible(all.isEmpty());
    links.setVisible(!all.isEmpty());
    hints.setVisible(!all.isEmpty());
    hints.show(now.regions());
    percentiles.show(state, all);
    matrix.show(now.regions(), all, state);
    if (state.link().isEmpty()) {
      panel.hide();
      return;
    }
    String key = state.link().get();
    Optional<Link> chosen = all.stream().filter(link -> link.key().equals(key)).findFirst();
    if (chosen.isPresent()) {
      panel.show(
          chosen.get(),
          state,
          now.regions().getFirst().region().id(),
          LinkMatrix.console(now.regions(), chosen.get(), state),
          now.wallMillis());
    } else {
      panel.none(key, state);
    }
  }
}
