package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.Journey;
import dev.meridian.coordinator.ReadOptions;
import java.util.List;
import java.util.Optional;

/**
 * When each region made the newest versions of a document visible. While a region does not have the
 * newest it is asked again, for a while.
 */
class JourneyPanel extends Section {

  private static final int VERSIONS = 5;

  /** About once a second. */
  private static final int TIMES = 30;

  private final History history;
  private final LiveCluster live;
  private final Later later;
  private final Browser browser = new Browser();
  private final Paragraph sentence = new Paragraph();
  private final Div frame = new Div();
  private final ApiCall call = new ApiCall();
  private Optional<DocumentPlace> place = Optional.empty();
  private List<Journey> shown = List.of();
  private Runnable stop = () -> {};
  private boolean attached;
  private boolean zoneKnown;
  private boolean asking;
  private int left;

  JourneyPanel(History history, LiveCluster live, Later later) {
    this.history = history;
    this.live = live;
    this.later = later;
    addClassName("journey");
    sentence.getElement().setAttribute("role", "status");
    frame.addClassName("journey-frame");
    Button again = new Button("Ask the regions again", click -> ask());
    Div head = new Div(new H2("Journey"), again);
    head.addClassName("section-head");
    add(head, sentence, frame, call);
    setVisible(false);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    attached = true;
    browser.ask(
        event.getUI(),
        () -> {
          zoneKnown = true;
          place.ifPresent(this::of);
        });
  }

  @Override
  protected void onDetach(DetachEvent event) {
    attached = false;
    stop.run();
  }

  /** Another document, or the same after a change. */
  void of(DocumentPlace document) {
    place = Optional.of(document);
    shown = List.of();
    stop.run();
    if (!zoneKnown) {
      return; // times are told in the browser's zone: it is asked once that is known
    }
    left = TIMES;
    ask();
    UI page = UI.getCurrent();
    stop = live.watch(picture -> later.onPage(page, this::askWhileSomethingIsMissing));
  }

  private void askWhileSomethingIsMissing() {
    boolean settled = shown.isEmpty() || JourneyText.settled(shown.getFirst().visits());
    if (settled && !asking || left <= 0 || !attached) {
      stop.run();
    } else if (!asking) {
      left--;
      ask();
    }
  }

  private void ask() {
    place.ifPresent(
        at -> {
          asking = true;
          later.show(
              UI.getCurrent(),
              history.journey(at.collection(), at.id(), VERSIONS, ReadOptions.DEFAULTS),
              page -> {
                asking = false;
                show(at, page.journeys());
              },
              failure -> {
                asking = false;
                setVisible(false);
              });
        });
  }

  private void show(DocumentPlace at, List<Journey> journeys) {
    if (place.filter(at::equals).isEmpty()) {
      return; // another document by now
    }
    setVisible(!journeys.isEmpty());
    call.show(browser.curl(at.path() + "/journey"));
    if (journeys.isEmpty() || journeys.equals(shown)) {
      return;
    }
    shown = List.copyOf(journeys);
    sentence.setText(JourneyText.sentence(journeys.getFirst().visits()));
    NativeTableRow head = new NativeTableRow(header("Version", "col"));
    List<Journey.Visit> regions = journeys.getFirst().visits();
    for (int i = 0; i < regions.size(); i++) {
      head.add(header(regions.get(i).region() + (i == 0 ? ", this region" : ""), "col"));
    }
    NativeTableBody body = new NativeTableBody();
    journeys.forEach(journey -> body.add(row(at, journey)));
    NativeTable table = new NativeTable(new NativeTableHeader(head), body);
    table.getElement().setAttribute("aria-label", "When each region had each version");
    frame.removeAll();
    frame.add(table);
  }

  private NativeTableRow row(DocumentPlace at, Journey journey) {
    VersionId version = journey.version().version();
    NativeTableHeaderCell name = header("", "row");
    Anchor when =
        new Anchor(at.to(new PastState.One(version)), browser.time(version.hlc().millis()));
    when.setTitle(version.toString());
    Span by = new Span("written in " + version.origin());
    by.addClassName("what");
    name.add(when, by);
    NativeTableRow row = new NativeTableRow(name);
    for (Journey.Visit visit : journey.visits()) {
      Span text = new Span(JourneyText.visit(visit, visit.region().equals(version.origin())));
      text.addClassNames("key", JourneyText.tone(visit.state()).css());
      if (visit.state() == Journey.State.VISIBLE) {
        text.setTitle("at " + Words.utc(visit.atMillis()) + ", by this region's clock");
      }
      row.add(new NativeTableCell(text));
    }
    return row;
  }

  private static NativeTableHeaderCell header(String text, String scope) {
    NativeTableHeaderCell cell = new NativeTableHeaderCell(text);
    cell.getElement().setAttribute("scope", scope);
    return cell;
  }
}
