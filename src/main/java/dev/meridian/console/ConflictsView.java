package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.progressbar.ProgressBar;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.BulkResolved;
import dev.meridian.coordinator.Conflicts.Choice;
import dev.meridian.coordinator.Conflicts.Conflict;
import dev.meridian.coordinator.Conflicts.ConflictPage;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.ReadOptions;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.CollectionName;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import dev.meridian.document.StoredDocument;
import dev.meridian.env.WallClock;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What collided, what was chosen, is it right? */
@Route(value = ConflictsState.PATH, layout = ConsoleLayout.class)
@PageTitle("Conflicts · Meridian")
public class ConflictsView extends Main implements BeforeEnterObserver {

  private static final int PAGE = 50;
  private static final String ALL = "All";

  private final Conflicts conflicts;
  private final Documents documents;
  private final LiveConflicts live;
  private final Later later;
  private final WallClock wall;
  private final Browser browser = new Browser();
  private final HeadlineText headline = new HeadlineText();
  private final Select<String> collection = new Select<>();
  private final Select<String> state = new Select<>();
  private final Select<BulkChoice> choice = new Select<>();
  private final Button bulk = new Button("Resolve the ticked…", click -> askWhetherToResolve());
  private final Button trial = new Button("Try another policy…", click -> openTrial());
  private final ProgressBar loading = new ProgressBar();
  private final Div content = new Div();
  private final Div pager = new Div();
  private final ConflictList list;
  private final ConflictPanel panel;

  private ConflictsState asked = ConflictsState.OPEN;
  private List<Conflict> shown = List.of();
  private List<ConflictKey> ticked = List.of();
  private List<Long> counts = List.of();
  private int question;
  private boolean entering;
  private Runnable stop = () -> {};

  /** What many conflicts can be resolved by at once. */
  private enum BulkChoice {
    NEWEST("the newest version", new Choice.Newest()),
    OLDEST("the oldest version", new Choice.Oldest()),
    LAST_WRITE("what last-write-wins shows", new Choice.LastWrite());

    private final String words;
    private final Choice choice;

    BulkChoice(String words, Choice choice) {
      this.words = words;
      this.choice = choice;
    }
  }

  @Inject
  ConflictsView(
      Conflicts conflicts,
      Documents documents,
      LiveConflicts live,
      JsonLimits limits,
      WallClock wall,
      Later later) {
    this.conflicts = conflicts;
    this.documents = documents;
    this.live = live;
    this.wall = wall;
    this.later = later;
    this.list = new ConflictList(browser, this::ticked);
    this.panel = new ConflictPanel(conflicts, later, browser, limits, this::decided);
    addClassNames("view", "conflicts");
    loading.setIndeterminate(true);
    loading.addClassName("loading");
    loading.getElement().setAttribute("aria-label", "Loading");
    loading.setVisible(false);
    pager.addClassName("pager");
    content.addClassName("content");
    add(headline.parts());
    add(filters(), loading, content, pager, panel);
    Div elsewhere = new Div(new Anchor(TextDemoView.PATH, "See two regions type into one text"));
    elsewhere.addClassName("hint");
    add(elsewhere);
  }

  private Div filters() {
    collection.setLabel("Collection");
    collection.addValueChangeListener(
        change -> {
          if (!entering && change.getValue() != null) {
            go(asked.of(nameOf(change.getValue())));
          }
        });
    state.setLabel("State");
    List<String> states = new ArrayList<>();
    Arrays.stream(Conflicts.State.values()).map(ConflictWords::state).forEach(states::add);
    states.add(ALL);
    state.setItems(states);
    state.addValueChangeListener(
        change -> {
          if (!entering && change.getValue() != null) {
            go(asked.in(stateOf(change.getValue())));
          }
        });
    choice.setLabel("Resolve by");
    choice.setItems(BulkChoice.values());
    choice.setItemLabelGenerator(each -> each.words);
    choice.setValue(BulkChoice.NEWEST);
    Div filters = new Div(collection, state, choice, bulk, trial);
    filters.addClassName("filters");
    return filters;
  }

  private static Optional<CollectionName> nameOf(String value) {
    return value.equals(ALL) ? Optional.empty() : Optional.of(new CollectionName(value));
  }

  private static Optional<Conflicts.State> stateOf(String value) {
    return Arrays.stream(Conflicts.State.values())
        .filter(each -> ConflictWords.state(each).equals(value))
        .findFirst();
  }

  private static void go(ConflictsState to) {
    UI.getCurrent().navigate(ConflictsState.PATH, to.parameters());
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    ConflictsState before = asked;
    asked = ConflictsState.of(event.getLocation().getQueryParameters());
    entering = true;
    names(live.now());
    collection.setValue(asked.collection().map(CollectionName::value).orElse(ALL));
    state.setValue(asked.state().map(ConflictWords::state).orElse(ALL));
    entering = false;
    trial.setEnabled(asked.collection().isPresent());
    trial.setTooltipText(asked.collection().isPresent() ? "" : "Choose a collection first");
    if (question > 0 && before.listsLike(asked)) {
      choose();
    } else {
      load();
    }
  }

  private void names(List<CollectionInfo> all) {
    List<String> names = new ArrayList<>(List.of(ALL));
    all.forEach(each -> names.add(each.name().value()));
    asked
        .collection()
        .map(CollectionName::value)
        .filter(name -> !names.contains(name))
        .ifPresent(names::add);
    collection.setItems(names);
  }

  @Override
  protected void onAttach(AttachEvent event) {
    UI page = event.getUI();
    browser.ask(page, panel::showCall);
    news(live.now());
    stop = live.watch(all -> later.onPage(page, () -> news(all)));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop.run();
  }

  /** While nothing is being looked at the list follows the counts. */
  private void news(List<CollectionInfo> all) {
    headline.show(ConflictWords.headline(all));
    List<Long> now = all.stream().map(CollectionInfo::conflictsOpen).toList();
    boolean changed = !counts.isEmpty() && !counts.equals(now);
    counts = now;
    if (changed && asked.chosen().isEmpty() && ticked.isEmpty()) {
      load();
    }
  }

  private void load() {
    int mine = ++question;
    loading.setVisible(true);
    later.show(
        UI.getCurrent(),
        conflicts.list(asked.filter(PAGE), ReadOptions.DEFAULTS),
        page -> {
          if (mine == question) {
            show(page);
          }
        },
        failure -> {
          if (mine == question) {
            failed(failure);
          }
        });
  }

  private void show(ConflictPage page) {
    loading.setVisible(false);
    shown = page.conflicts();
    content.removeAll();
    if (shown.isEmpty() && page.next().isEmpty()) {
      content.add(empty());
    } else {
      list.show(shown, asked, wall.millis());
      content.add(list);
    }
    choice.setVisible(!shown.isEmpty());
    bulk.setVisible(!shown.isEmpty());
    turn(page);
    choose();
  }

  private Div empty() {
    boolean open = asked.state().filter(Conflicts.State.OPEN::equals).isPresent();
    return open
        ? Failures.empty(
            "Nothing to decide",
            "Versions that did not see each other are decided by their collection's policy, or stand"
                + " here until you decide.",
            new Anchor(asked.in(Optional.empty()).address(), "Show what was decided"))
        : Failures.empty("No conflicts", "None is remembered that fits.");
  }

  private void turn(ConflictPage page) {
    pager.removeAll();
    Span position = new Span(Words.count(shown.size(), "conflict", "conflicts") + " on this page");
    position.getElement().setAttribute("role", "status");
    pager.add(position);
    step("Previous (k)", "k", -1);
    step("Next (j)", "j", 1);
    if (asked.after().isPresent()) {
      pager.add(new Anchor(asked.from(Optional.empty()).address(), "First page"));
    }
    page.next()
        .ifPresent(next -> pager.add(new Anchor(asked.from(Optional.of(next)).address(), "More")));
  }

  private void step(String text, String key, int step) {
    Button button =
        new Button(
            text,
            click ->
                list.from(asked.chosen(), step)
                    .ifPresent(next -> go(asked.choosing(Optional.of(next)))));
    button.getElement().setAttribute("data-key", key);
    button.setEnabled(!shown.isEmpty());
    pager.add(button);
  }

  private void failed(StoreFailure failure) {
    loading.setVisible(false);
    shown = List.of();
    content.removeAll();
    content.add(Failures.panel(failure, this::load));
    pager.removeAll();
    panel.nothing();
  }

  private void choose() {
    list.mark(asked.chosen());
    if (asked.chosen().isEmpty()) {
      panel.nothing();
      return;
    }
    ConflictKey key = asked.chosen().get();
    Optional<Conflict> here = shown.stream().filter(each -> each.key().equals(key)).findFirst();
    if (here.isEmpty()) {
      panel.nothing();
      panel
          .content()
          .add(
              Failures.empty(
                  "It is not in this list",
                  "The conflict was resolved, or is on another page or in another state.",
                  new Anchor(
                      ConflictsState.OPEN
                          .of(Optional.of(key.collection()))
                          .in(Optional.empty())
                          .address(),
                      "All conflicts of " + key.collection())));
      return;
    }
    later.show(
        UI.getCurrent(),
        documents.look(key.collection(), key.id(), ReadOptions.DEFAULTS),
        found -> {
          if (asked.chosen().filter(key::equals).isPresent()) {
            panel.show(
                here.get(),
                found.stored().filter(StoredDocument::isLive).map(StoredDocument::revision),
                asked.choosing(Optional.empty()).address());
            panel.reveal();
          }
        },
        failure -> panel.failed(failure, this::choose));
  }

  private void decided() {
    load();
  }

  private void ticked(List<ConflictKey> keys) {
    ticked = keys;
    bulk.setEnabled(!keys.isEmpty());
    bulk.setText(
        keys.isEmpty()
            ? "Resolve the ticked…"
            : "Resolve " + Words.count(keys.size(), "conflict", "conflicts") + "…");
  }

  private void askWhetherToResolve() {
    List<ConflictKey> keys = ticked;
    BulkChoice by = choice.getValue();
    if (keys.isEmpty() || by == null) {
      return;
    }
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader("Resolve " + Words.count(keys.size(), "conflict", "conflicts") + "?");
    dialog.setText(
        "Each document becomes "
            + by.words
            + ", in every region. The other versions stay in the conflict log. A document that is"
            + " written meanwhile stays as it is, and you are told.");
    dialog.setCancelable(true);
    dialog.setConfirmText("Resolve");
    dialog.addConfirmListener(confirm -> resolve(keys, by.choice));
    dialog.open();
  }

  private void resolve(List<ConflictKey> keys, Choice by) {
    loading.setVisible(true);
    later.show(
        UI.getCurrent(),
        conflicts.resolveAll(keys, by, WriteOptions.DEFAULTS),
        this::resolved,
        failure -> {
          loading.setVisible(false);
          Failures.tell(failure);
        });
  }

  private void resolved(BulkResolved done) {
    List<StoreFailure> failures =
        done.outcomes().stream().flatMap(each -> each.failure().stream()).toList();
    String made =
        Words.count(done.outcomes().size() - failures.size(), "conflict", "conflicts")
            + " resolved";
    if (failures.isEmpty()) {
      Failures.done(made);
    } else {
      Failures.tell(
          made
              + ", "
              + Words.count(failures.size())
              + " not. The first one: "
              + Failures.sentence(failures.getFirst()));
    }
    load();
  }

  private void openTrial() {
    asked.collection().ifPresent(name -> new PolicyTrial(conflicts, later, name).open());
  }
}
