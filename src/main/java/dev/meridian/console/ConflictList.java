package dev.meridian.console;

import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts.Conflict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One page of the inbox; some of it can be ticked. */
class ConflictList extends Div {

  private final Browser browser;
  private final Consumer<List<ConflictKey>> ticking;
  private final Map<ConflictKey, NativeTableRow> rows = new LinkedHashMap<>();
  private final Map<ConflictKey, Checkbox> ticks = new LinkedHashMap<>();

  /**
   * @param ticking told what is ticked now
   */
  ConflictList(Browser browser, Consumer<List<ConflictKey>> ticking) {
    this.browser = browser;
    this.ticking = ticking;
    addClassName("inbox");
  }

  void show(List<Conflict> conflicts, ConflictsState state, long nowMillis) {
    removeAll();
    rows.clear();
    ticks.clear();
    NativeTable table = new NativeTable();
    NativeTableRow head = new NativeTableRow();
    Checkbox all = new Checkbox();
    all.setAriaLabel("Tick all of this page");
    all.addValueChangeListener(
        change -> ticks.values().forEach(tick -> tick.setValue(change.getValue())));
    head.add(new NativeTableHeaderCell(all));
    for (String name : List.of("Document", "Collection", "State", "Policy", "Regions", "Age")) {
      head.add(new NativeTableHeaderCell(name));
    }
    table.getHead().add(head);
    for (Conflict conflict : conflicts) {
      NativeTableRow row = row(conflict, state, nowMillis);
      rows.put(conflict.key(), row);
      table.getBody().add(row);
    }
    add(table);
    ticking.accept(List.of());
  }

  private NativeTableRow row(Conflict conflict, ConflictsState state, long nowMillis) {
    Checkbox tick = new Checkbox();
    tick.setAriaLabel("Tick " + conflict.key().id());
    tick.addValueChangeListener(change -> ticking.accept(ticked()));
    ticks.put(conflict.key(), tick);
    Anchor document =
        new Anchor(
            state.choosing(Optional.of(conflict.key())).address(), conflict.key().id().value());
    Span decided = new Span(ConflictWords.state(conflict.state()));
    decided.addClassNames("key", ConflictWords.tone(conflict.state()).css());
    long at = conflict.at().hlc().millis();
    Span age = new Span(Words.span(Math.max(0, nowMillis - at)));
    age.setTitle(browser.time(at) + " · " + Words.utc(at));
    return new NativeTableRow(
        new NativeTableCell(tick),
        new NativeTableCell(document),
        new NativeTableCell(conflict.key().collection().value()),
        new NativeTableCell(decided),
        new NativeTableCell(conflict.policy().text()),
        new NativeTableCell(
            conflict.regions().stream().map(Object::toString).collect(Collectors.joining(", "))),
        new NativeTableCell(age));
  }

  List<ConflictKey> ticked() {
    return ticks.entrySet().stream()
        .filter(each -> each.getValue().getValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Marks the one that is looked at. */
  void mark(Optional<ConflictKey> chosen) {
    rows.forEach(
        (key, row) -> {
          boolean is = chosen.filter(key::equals).isPresent();
          row.setClassName("chosen", is);
          if (is) {
            row.getElement().setAttribute("aria-current", "true");
          } else {
            row.getElement().removeAttribute("aria-current");
          }
        });
  }

  /**
   * The one so many rows below the chosen one; the first one where none is chosen, and the last
   * where there is none further on.
   */
  Optional<ConflictKey> from(Optional<ConflictKey> chosen, int step) {
    List<ConflictKey> keys = List.copyOf(rows.keySet());
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    int at = chosen.map(keys::indexOf).orElse(-1);
    int next = at < 0 ? 0 : Math.clamp(at + (long) step, 0, keys.size() - 1);
    return Optional.of(keys.get(next));
  }
}
