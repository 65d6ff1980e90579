package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.Conflict;
import dev.meridian.coordinator.Conflicts.Resolution;
import dev.meridian.coordinator.Conflicts.Side;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One conflict: what the versions come from, what each says, and what is to become of them. What is
 * written is what stands in the result, on the condition that the document is still the one that
 * was shown.
 */
class ConflictPanel extends DetailPanel {

  private static final int BASE = -1;

  private final Conflicts conflicts;
  private final Later later;
  private final Runnable decided;
  private final Browser browser;
  private final DocumentEditor result;
  private final Div table = new Div();
  private final ApiCall call = new ApiCall();
  private final Map<JsonPointer, Integer> picks = new HashMap<>();
  private Optional<Conflict> shown = Optional.empty();
  private Optional<Revision> current = Optional.empty();
  private List<ThreeWay.Row> rows = List.of();

  /**
   * @param decided told when the conflict that is shown was resolved
   */
  ConflictPanel(
      Conflicts conflicts, Later later, Browser browser, JsonLimits limits, Runnable decided) {
    this.conflicts = conflicts;
    this.later = later;
    this.browser = browser;
    this.decided = decided;
    this.result = new DocumentEditor(limits);
    addClassName("conflict-panel");
    table.addClassName("three-way");
  }

  Optional<Conflict> shown() {
    return shown;
  }

  void nothing() {
    shown = Optional.empty();
    noHead();
    content().removeAll();
  }

  /** In the place of a conflict that is not to be had. */
  void failed(StoreFailure failure, Runnable again) {
    nothing();
    content().add(Failures.panel(failure, again));
  }

  /**
   * @param revision of the document now; empty when there is none
   * @param without the page's address with nothing chosen
   */
  void show(Conflict conflict, Optional<Revision> revision, String without) {
    shown = Optional.of(conflict);
    current = revision;
    picks.clear();
    Anchor document =
        new Anchor(
            Paths.document(conflict.key().collection(), conflict.key().id()), "Open the document");
    head(conflict.key().id() + " in " + conflict.key().collection(), without, document);
    Button save = new Button("Write this result", click -> save());
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    Div tools = new Div(save);
    tools.addClassName("tools");
    rows = threeWay(conflict).rows();
    result.edit(text(start(conflict)));
    content().removeAll();
    content()
        .add(
            new Paragraph(ConflictWords.outcome(conflict)),
            table,
            new H3("Result"),
            result,
            tools,
            call);
    drawTable();
    showCall();
  }

  private static ThreeWay threeWay(Conflict conflict) {
    return new ThreeWay(
        conflict.base().map(JsonValue::parse),
        conflict.versions().stream()
            .flatMap(side -> side.body().stream())
            .map(JsonValue::parse)
            .toList());
  }

  /** What the document became, or the highest version that says anything. */
  private static Optional<JsonValue> start(Conflict conflict) {
    return conflict
        .outcome()
        .body()
        .or(() -> conflict.versions().stream().flatMap(side -> side.body().stream()).findFirst())
        .map(JsonValue::parse);
  }

  private static String text(Optional<JsonValue> document) {
    return document.map(value -> JsonText.pretty(value.toBytes())).orElse("{}");
  }

  private List<Side> sides() {
    return shown.map(Conflict::versions).orElse(List.of());
  }

  private List<Side> bodies() {
    return sides().stream().filter(side -> side.body().isPresent()).toList();
  }

  private void drawTable() {
    table.removeAll();
    NativeTable grid = new NativeTable();
    NativeTableRow head = new NativeTableRow();
    head.add(header("Place"), header("Base"));
    for (int i = 0; i < sides().size(); i++) {
      head.add(versionHeader(i, sides().get(i)));
    }
    grid.getHead().add(head);
    for (ThreeWay.Row row : rows.subList(0, Math.min(rows.size(), ThreeWay.MAX_ROWS))) {
      grid.getBody().add(row(row));
    }
    table.add(grid);
    if (rows.isEmpty() || rows.size() > ThreeWay.MAX_ROWS) {
      Paragraph hint =
          new Paragraph(
              rows.isEmpty()
                  ? "There are no two texts to compare place by place: take one version as it is."
                  : "The versions differ in more places than these; the result can be edited.");
      hint.addClassName("hint");
      table.add(hint);
    }
  }

  private static NativeTableHeaderCell header(String text) {
    return new NativeTableHeaderCell(text);
  }

  private NativeTableHeaderCell versionHeader(int index, Side side) {
    Span who = new Span((index + 1) + " · region " + side.version().origin());
    Span when = new Span(browser.time(side.version().hlc().millis()));
    when.addClassName("what");
    Button take = new Button("Take this version", click -> take(index));
    take.addThemeVariants(ButtonVariant.LUMO_SMALL);
    take.getElement().setAttribute("data-key", Integer.toString(index + 1));
    take.setTooltipText("Key " + (index + 1));
    NativeTableHeaderCell cell = new NativeTableHeaderCell(who, when, take);
    ConflictWords.without(side)
        .ifPresent(
            text -> {
              Span what = new Span(text);
              what.addClassName("what");
              cell.add(what);
            });
    take.setVisible(side.deleted() || side.body().isPresent());
    return cell;
  }

  private NativeTableRow row(ThreeWay.Row row) {
    NativeTableRow line = new NativeTableRow();
    NativeTableHeaderCell place =
        new NativeTableHeaderCell(row.at().isRoot() ? "(all of it)" : row.at().toString());
    place.getElement().setAttribute("scope", "row");
    line.add(place, cell(row, BASE, row.base()));
    int body = 0;
    for (Side side : sides()) {
      line.add(
          side.body().isPresent()
              ? cell(row, body, row.values().get(body++))
              : new NativeTableCell(Words.NONE));
    }
    return line;
  }

  private NativeTableCell cell(ThreeWay.Row row, int pick, Optional<JsonValue> value) {
    boolean chosen = isChosen(row, pick, value);
    NativeButton button =
        new NativeButton(ConflictWords.value(value.map(JsonValue::text)), click -> pick(row, pick));
    button.addClassName("pick");
    button.getElement().setAttribute("aria-pressed", Boolean.toString(chosen));
    button.setTitle(chosen ? "In the result" : "Put this into the result");
    NativeTableCell cell = new NativeTableCell(button);
    if (chosen) {
      Span mark = new Span("in the result");
      mark.addClassName("what");
      cell.add(mark);
      cell.addClassName("chosen");
    }
    return cell;
  }

  private boolean isChosen(ThreeWay.Row row, int pick, Optional<JsonValue> value) {
    Integer picked = picks.get(row.at());
    if (picked != null) {
      return picked == pick;
    }
    Optional<JsonValue> now = shown.flatMap(ConflictPanel::start).flatMap(row.at()::in);
    Optional<Integer> version = row.indexOf(now);
    return version.isPresent() ? version.get() == pick : ThreeWay.same(value, now);
  }

  private void pick(ThreeWay.Row row, int pick) {
    picks.put(row.at(), pick);
    Optional<JsonValue> value = pick == BASE ? row.base() : row.values().get(pick);
    result
        .check()
        .map(JsonValue::parse)
        .ifPresent(
            document -> result.edit(text(Optional.of(ThreeWay.with(document, row.at(), value)))));
    drawTable();
    showCall();
  }

  /** A deletion is taken at once, after a question; a text goes into the result first. */
  private void take(int index) {
    Side side = sides().get(index);
    if (side.deleted()) {
      resolve(new Resolution.Pick(side.version()), "Deleted");
      return;
    }
    side.body().ifPresent(body -> result.edit(JsonText.pretty(body)));
    int body = bodies().indexOf(side);
    rows.forEach(row -> picks.put(row.at(), body));
    drawTable();
    showCall();
  }

  private void save() {
    Optional<Bytes> body = result.check();
    if (body.isEmpty()) {
      result.focus();
      return;
    }
    resolve(new Resolution.Whole(body.get()), "Written");
  }

  private void resolve(Resolution how, String done) {
    if (shown.isEmpty()) {
      return;
    }
    Conflict conflict = shown.get();
    WriteOptions options =
        WriteOptions.DEFAULTS.when(
            current
                .<Precondition>map(revision -> new Precondition.AnyOf(List.of(revision)))
                .orElse(Precondition.NONE));
    later.show(
        UI.getCurrent(),
        conflicts.resolve(conflict.key(), how, options),
        resolved -> {
          Failures.done(done + " as " + resolved.version());
          decided.run();
        },
        failure -> {
          if (failure.code() == FailureCode.PRECONDITION_FAILED) {
            Failures.tell(
                "The document was written meanwhile, so nothing was changed. Look at it again: what"
                    + " is shown now is the newest.");
            decided.run();
          } else {
            Failures.tell(failure);
          }
        });
  }

  void showCall() {
    shown.ifPresent(
        conflict -> {
          Curl curl =
              new Curl("POST", "conflicts/" + conflict.key().text() + "/resolve")
                  .body("{\"doc\":" + result.check().map(Bytes::utf8).orElse("{}") + "}");
          current.ifPresent(revision -> curl.header("If-Match", "\"" + revision + "\""));
          call.show(browser.curl(curl));
        });
  }
}
