package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.grid.ColumnTextAlign;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.console.Links.Link;
import dev.meridian.console.LiveCluster.Picture;
import dev.meridian.coordinator.ClusterView.RegionReport;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Is the world well? */
@Route(value = "", layout = ConsoleLayout.class)
@PageTitle("Overview · Meridian")
public class OverviewView extends Main {

  private final LiveCluster live;
  private final Later later;
  private final HeadlineText headline = new HeadlineText();
  private final WorldMap world = new WorldMap();
  private final Div cards = new Div();
  private final Section picture = new Section();
  private final Section linkSection = new Section();
  private final Grid<Link> links = new Grid<>();
  private final Map<String, RegionCard> cardOf = new LinkedHashMap<>();
  private Runnable stop = () -> {};

  @Inject
  OverviewView(LiveCluster live, Later later) {
    this.live = live;
    this.later = later;
    addClassNames("view", "overview");
    cards.addClassName("cards");
    picture.add(world, legend());
    picture.addClassName("picture");
    linkSection.add(new H2("Links"), hint(), links);
    table();
    add(headline.parts());
    add(picture, new Section(new H2("Regions"), cards), linkSection);
  }

  private static Paragraph hint() {
    Paragraph hint =
        new Paragraph(
            "One row per direction, as the region at its end measures it: from the commit at its start"
                + " to the moment the change could be read at its end. Late is a link that misses"
                + " an objective; Replication shows which.");
    hint.addClassName("hint");
    return hint;
  }

  private static Div legend() {
    Div legend = new Div();
    legend.addClassName("legend");
    legend.add(
        key("good", "within its objectives"),
        key("late", "late or catching up"),
        key("bad", "down"),
        key("idle", "not known now"));
    return legend;
  }

  private static Span key(String tone, String text) {
    Span key = new Span(text);
    key.addClassNames("key", tone);
    return key;
  }

  private void table() {
    links.addClassName("links");
    links.setAllRowsVisible(true);
    links.addColumn(Link::name).setHeader("Link").setWidth("7rem").setFlexGrow(0);
    links
        .addComponentColumn(OverviewView::stateOf)
        .setHeader("State")
        .setWidth("11rem")
        .setFlexGrow(1);
    number("Lag p50", link -> lag(link, link.status().lagMs().p50()));
    number("p99", link -> lag(link, link.status().lagMs().p99()));
    number("p99.9", link -> lag(link, link.status().lagMs().p999()));
    number("Pending", link -> Words.count(link.pendingChanges()));
    number(
        "Staleness",
        link ->
            link.known() && link.status().stalenessMs() >= 0
                ? Words.span(link.status().stalenessMs())
                : "–");
    number("Received", link -> Words.bytes(link.status().bytesIn()));
    number("Retries", link -> Words.count(link.status().retries()));
  }

  private static Span stateOf(Link link) {
    Span state = new Span(link.words());
    state.addClassNames("key", link.tone().css());
    state.setTitle(link.words());
    return state;
  }

  private static String lag(Link link, double millis) {
    return link.measured() ? Words.millis(millis) : "–";
  }

  private void number(String header, com.vaadin.flow.function.ValueProvider<Link, ?> value) {
    links
        .addColumn(value)
        .setHeader(header)
        .setTextAlign(ColumnTextAlign.END)
        .setWidth("6.2rem")
        .setFlexGrow(0);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    UI page = event.getUI();
    show(live.now());
    stop = live.watch(picture -> later.onPage(page, () -> show(picture)));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop.run();
  }

  private void show(Picture now) {
    List<RegionReport> regions = now.regions();
    List<Link> all = Links.of(regions);
    Headline news = Headline.of(regions);
    headline.show(news);
    picture.setVisible(regions.size() > 1 || WorldMap.placed(regions.getFirst()));
    world.show(regions, all, news.text());
    for (int i = 0; i < regions.size(); i++) {
      boolean self = i == 0;
      RegionReport report = regions.get(i);
      RegionCard card =
          cardOf.computeIfAbsent(
              report.region().id(),
              id -> {
                RegionCard made = new RegionCard(id, self);
                cards.add(made);
                return made;
              });
      card.show(report, now, self);
    }
    linkSection.setVisible(!all.isEmpty());
    links.setItems(all);
  }
}
