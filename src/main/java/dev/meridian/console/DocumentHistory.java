package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.textfield.TextField;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Documents.WriteResult;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.History.VersionPage;
import dev.meridian.coordinator.History.VersionRead;
import dev.meridian.coordinator.History.VersionsRequest;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The past of one document: its versions, what they said, what changed, and bringing one back. */
class DocumentHistory extends Section {

  private static final int PAGE = 25;

  private final History history;
  private final Later later;
  private final Editing editing;
  private final Browser browser = new Browser();
  private final TextField time = new TextField("As of");
  private final VersionList list = new VersionList(browser, this::older);
  private final PastPanel panel = new PastPanel(browser);
  private Optional<DocumentPlace> address = Optional.empty();
  private Optional<StoredDocument> newest = Optional.empty();
  private Optional<VersionId> oldest = Optional.empty();
  private PastState state = new PastState.Nothing();
  private int asked;
  private boolean zoneKnown;

  /** What the rest of the page is at. */
  interface Editing {
    /** Whether there is text that is not saved. */
    boolean unsaved();

    /** Writes the document anew, with the guarantees that are chosen. */
    CompletionStage<WriteResult> put(Bytes body, Precondition condition);

    /** That was done. */
    void written(WriteResult result, String how);
  }

  DocumentHistory(History history, Later later, Editing editing) {
    this.history = history;
    this.later = later;
    this.editing = editing;
    addClassName("history");
    Button show = new Button("Show", click -> goToTime());
    time.setPlaceholder("2026-01-31 12:00:00.000");
    time.setHelperText("Without a zone: UTC");
    time.addKeyPressListener(Key.ENTER, enter -> goToTime());
    Div form = new Div(time, show);
    form.addClassName("as-of");
    Div side = new Div(form, list);
    Div body = new Div(side, panel);
    body.addClassName("history-body");
    add(new H2("History"), body);
    setVisible(false);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    browser.ask(
        event.getUI(), // a component that is not shown yet is not answered
        () -> {
          time.setHelperText(
              browser.inUtc()
                  ? "Without a zone: UTC"
                  : "Without a zone: " + browser.zone().getId() + "; or add UTC");
          zoneKnown = true;
          refresh();
        });
  }

  /** Another document, or the same after a change. */
  void of(DocumentPlace place) {
    address = Optional.of(place);
    if (zoneKnown) { // else it is shown once it is: twice would take a button from under a click
      refresh();
    }
  }

  void look(PastState at) {
    state = at;
    show();
  }

  /** What is looked at. */
  PastState state() {
    return state;
  }

  private void refresh() {
    ask(
        Optional.empty(),
        page -> {
          setVisible(true);
          list.clear(address.orElseThrow());
          newest = Optional.of(page.versions().getFirst());
          append(page);
          show();
        },
        failure -> setVisible(failure.code() != FailureCode.DOCUMENT_NOT_FOUND));
  }

  private void older() {
    ask(oldest, this::append, Failures::tell);
  }

  private void ask(
      Optional<VersionId> before, Consumer<VersionPage> done, Consumer<StoreFailure> failed) {
    address.ifPresent(
        at ->
            later.show(
                UI.getCurrent(),
                history.versions(
                    at.collection(),
                    at.id(),
                    new VersionsRequest(PAGE, before),
                    ReadOptions.DEFAULTS),
                done,
                failed));
  }

  private void append(VersionPage page) {
    if (!page.versions().isEmpty()) {
      oldest = Optional.of(page.versions().getLast().version());
    }
    list.append(page.versions(), page.more());
    list.mark(state);
  }

  private void goToTime() {
    OptionalLong millis = Moments.parse(time.getValue(), browser.zone());
    time.setInvalid(millis.isEmpty());
    time.setErrorMessage("A time such as 2026-01-31 12:00:00.000, with or without a zone.");
    if (millis.isPresent() && address.isPresent()) {
      PastState then = new PastState.AsOf(millis.getAsLong());
      UI.getCurrent().navigate(address.get().path(), address.get().parameters(then));
    }
  }

  /** Shows what the address asks for, once it is known what is newest. */
  private void show() {
    if (address.isEmpty() || newest.isEmpty()) {
      return;
    }
    DocumentPlace at = address.get();
    VersionId current = newest.get().version();
    panel.at(at);
    list.mark(state);
    int turn = ++asked;
    switch (state) {
      case PastState.Nothing none -> panel.hint();
      case PastState.Unclear unclear -> panel.unclear(unclear.problem());
      case PastState.One one ->
          answer(
              turn,
              version(at, one.version()),
              read -> panel.version(read.version(), current, restore(read.version())),
              failure -> panel.failed(failure, this::show));
      case PastState.Two two ->
          answer(
              turn,
              version(at, two.before())
                  .thenCombine(
                      version(at, two.after()),
                      (before, after) -> List.of(before.version(), after.version())),
              both -> panel.difference(both.getFirst(), both.getLast()),
              failure -> panel.failed(failure, this::show));
      case PastState.AsOf asOf ->
          answer(
              turn,
              history.get(
                  at.collection(),
                  at.id(),
                  HlcTimestamp.endOf(asOf.millis()),
                  ReadOptions.DEFAULTS),
              read -> panel.asOf(asOf.millis(), read.document(), current, restore(read.document())),
              failure -> panel.notThen(asOf.millis(), failure, this::show));
    }
  }

  private CompletionStage<VersionRead> version(DocumentPlace at, VersionId version) {
    return history.version(at.collection(), at.id(), version, ReadOptions.DEFAULTS);
  }

  /** Only the answer to what was asked last is shown. */
  private <T> void answer(
      int turn, CompletionStage<T> stage, Consumer<T> done, Consumer<StoreFailure> failed) {
    later.show(
        UI.getCurrent(),
        stage,
        value -> {
          if (turn == asked) {
            done.accept(value);
            panel.reveal();
          }
        },
        failure -> {
          if (turn == asked) {
            failed.accept(failure);
            panel.reveal();
          }
        });
  }

  private Button restore(StoredDocument version) {
    Button restore = new Button("Restore this version");
    restore.setVisible(
        version instanceof LiveDocument
            && newest.filter(now -> !now.version().equals(version.version())).isPresent());
    restore.addClickListener(
        click -> {
          if (version instanceof LiveDocument live) {
            askWhetherToRestore(live, newest.orElseThrow());
          }
        });
    return restore;
  }

  private void askWhetherToRestore(LiveDocument version, StoredDocument seen) {
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader("Restore this version?");
    dialog.setText(
        "What the document said at "
            + browser.time(version.version().hlc().millis())
            + " is written as a new version in every region; the versions since then stay in the"
            + " history. If somebody changed the document meanwhile, nothing happens and you are"
            + " told."
            + (editing.unsaved() ? " Your text that is not saved is replaced." : ""));
    dialog.setCancelable(true);
    dialog.setConfirmText("Restore");
    dialog.addConfirmListener(confirm -> restore(version, seen));
    dialog.open();
  }

  private void restore(LiveDocument version, StoredDocument seen) {
    Precondition unchanged =
        switch (seen) {
          case LiveDocument live -> new Precondition.AnyOf(List.of(live.revision()));
          case StoredDocument.Withheld live -> new Precondition.AnyOf(List.of(live.revision()));
          case StoredDocument.Tombstone deletion -> new Precondition.Absent();
        };
    later.show(
        UI.getCurrent(),
        editing.put(version.body(), unchanged),
        written -> editing.written(written, "Restored"),
        failure -> {
          if (failure.code() == FailureCode.PRECONDITION_FAILED) {
            Failures.tell(
                "Not restored: somebody changed the document in the meantime. Its versions are read"
                    + " anew; look at the newest one, then restore again if you still want to.");
            refresh();
          } else {
            Failures.tell(failure);
          }
        });
  }
}
