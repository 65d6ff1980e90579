package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Span;
import dev.meridian.clock.VersionId;
import dev.meridian.console.PastState.One;
import dev.meridian.console.PastState.Two;
import dev.meridian.document.StoredDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The versions of a document as a line through time, newest first; two of them can be compared. */
class VersionList extends Div {

  private final Browser browser;
  private final OrderedList rows = new OrderedList();
  private final Button older;
  private final Button compare = new Button("Compare the two", click -> compare());
  private final Map<VersionId, ListItem> rowOf = new LinkedHashMap<>();
  private final Map<VersionId, Checkbox> ticked = new LinkedHashMap<>();
  private final VersionSlider slider;
  private Optional<DocumentPlace> place = Optional.empty();

  VersionList(Browser browser, Runnable more) {
    this.browser = browser;
    addClassName("versions");
    rows.getElement().setAttribute("aria-label", "Versions, newest first");
    older = new Button("Older versions", click -> more.run());
    compare.setEnabled(false);
    slider = new VersionSlider(browser, version -> go(new One(version)));
    Div actions = new Div(older, compare);
    actions.addClassName("tools");
    add(slider, rows, actions);
  }

  private void go(PastState state) {
    place.ifPresent(at -> UI.getCurrent().navigate(at.path(), at.parameters(state)));
  }

  void clear(DocumentPlace at) {
    place = Optional.of(at);
    rows.removeAll();
    rowOf.clear();
    ticked.clear();
    compare.setEnabled(false);
  }

  void append(List<StoredDocument> versions, boolean more) {
    for (StoredDocument version : versions) {
      boolean newest = rowOf.isEmpty();
      ListItem row = row(version, newest);
      rowOf.put(version.version(), row);
      rows.add(row);
    }
    older.setVisible(more);
    compare.setVisible(rowOf.size() > 1);
    slider.show(List.copyOf(rowOf.keySet()));
  }

  private ListItem row(StoredDocument document, boolean newest) {
    VersionId version = document.version();
    long written = version.hlc().millis();
    Anchor when = new Anchor(place.orElseThrow().to(new One(version)), browser.time(written));
    when.setTitle(Words.utc(written) + " · " + version);
    String size =
        switch (document) {
          case StoredDocument.LiveDocument live -> Words.bytes(live.body().length());
          case StoredDocument.Withheld live ->
              Words.bytes(live.change().bodyBytes()) + " in " + live.change().placement();
          case StoredDocument.Tombstone deletion -> "deleted";
        };
    Span what = new Span("region " + version.origin() + " · " + size + (newest ? " · newest" : ""));
    what.addClassName("what");
    Checkbox tick = new Checkbox();
    tick.setAriaLabel("Compare the version of " + browser.time(written));
    tick.addValueChangeListener(change -> tick(version, tick));
    ListItem row = new ListItem(new Div(when, what), tick);
    row.getElement()
        .setAttribute("data-tone", document instanceof StoredDocument.Tombstone ? "bad" : "idle");
    return row;
  }

  /** A third one takes the place of the one that was ticked first. */
  private void tick(VersionId version, Checkbox tick) {
    if (tick.getValue()) {
      ticked.put(version, tick);
      if (ticked.size() > 2) {
        VersionId first = ticked.keySet().iterator().next();
        Checkbox box = ticked.remove(first);
        if (box != null) {
          box.setValue(false);
        }
      }
    } else {
      ticked.remove(version);
    }
    compare.setEnabled(ticked.size() == 2);
  }

  private void compare() {
    List<VersionId> two = new ArrayList<>(ticked.keySet());
    if (two.size() == 2) {
      go(Two.of(two.get(0), two.get(1)));
    }
  }

  /** Marks what is looked at. */
  void mark(PastState state) {
    slider.look(state);
    rowOf.forEach(
        (version, row) -> {
          boolean shown =
              switch (state) {
                case One one -> one.version().equals(version);
                case Two two -> two.before().equals(version) || two.after().equals(version);
                case PastState.AsOf asOf -> false;
                case PastState.Nothing none -> false;
                case PastState.Unclear unclear -> false;
              };
          row.setClassName("shown", shown);
          if (shown) {
            row.getElement().setAttribute("aria-current", "true");
          } else {
            row.getElement().removeAttribute("aria-current");
          }
        });
  }
}
