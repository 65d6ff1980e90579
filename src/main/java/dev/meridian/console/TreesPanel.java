package dev.meridian.console;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableBody;
import com.vaadin.flow.component.html.NativeTableCell;
import com.vaadin.flow.component.html.NativeTableHeader;
import com.vaadin.flow.component.html.NativeTableHeaderCell;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.select.Select;
import dev.meridian.coordinator.Repairs;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The hash trees of a collection in two regions side by side, down to the documents. */
class TreesPanel extends Section {

  private static final int DOCUMENTS_PER_PART = 20;
  private static final int PARTS_SHOWN = 40;

  /** Where trees differ both regions look through the documents of the parts each time. */
  private static final long EVERY_MILLIS = 5_000;

  private final Repairs repairs;
  private final Later later;
  private final Select<String> peer = new Select<>();
  private final Select<String> collection = new Select<>();
  private final Paragraph sum = new Paragraph();
  private final TreeRings rings = new TreeRings();
  private final NativeTableBody body = new NativeTableBody();
  private final Div list = new Div();
  private final Div trees = new Div(rings, list);
  private final ApiCall call = new ApiCall();
  private List<String> peers = List.of();
  private List<String> collections = List.of();
  private Optional<Repairs.Trees> shown = Optional.empty();
  private RepairState state = new RepairState(Optional.empty(), Optional.empty());
  private boolean asking;
  private long dueMillis;

  TreesPanel(Repairs repairs, Later later) {
    this.repairs = repairs;
    this.later = later;
    addClassName("trees");
    sum.addClassName("hint");
    sum.getElement().setAttribute("role", "status");
    peer.setLabel("This region and");
    collection.setLabel("Collection");
    peer.addValueChangeListener(change -> chosen(change.isFromClient()));
    collection.addValueChangeListener(change -> chosen(change.isFromClient()));
    Div fields = new Div(peer, collection);
    fields.addClassName("tools");
    NativeTableRow heads = new NativeTableRow();
    for (String name : List.of("Part", "Documents that are not the same")) {
      NativeTableHeaderCell cell = new NativeTableHeaderCell(name);
      cell.getElement().setAttribute("scope", "col");
      heads.add(cell);
    }
    list.addClassName("inbox");
    list.add(new NativeTable(new NativeTableHeader(heads), body));
    trees.addClassName("trees-body");
    trees.setVisible(false);
    call.setVisible(false);
    Paragraph hint =
        new Paragraph(
            "Trees are kept up to date with what is written, without looking at the disk: what a"
                + " disk lost since shows here once a repair has looked through all data.");
    hint.addClassName("hint");
    add(new H2("Hash trees side by side"), hint, fields, sum, trees, call);
  }

  private void chosen(boolean byPerson) {
    if (byPerson) {
      RepairState to =
          new RepairState(
              Optional.ofNullable(peer.getValue()),
              Optional.ofNullable(collection.getValue()).map(CollectionName::new));
      UI.getCurrent().navigate(RepairState.PATH, to.parameters());
    }
  }

  /** What the address says. */
  void enter(RepairState address) {
    state = address;
    shown = Optional.empty();
    trees.setVisible(false);
    sum.setText("Comparing…");
    dueMillis = 0;
    choose();
  }

  /** Something was done: the next look is due. */
  void soon() {
    dueMillis = 0;
  }

  /** What there is to choose from now. */
  void offer(List<String> nowPeers, List<String> nowCollections) {
    if (!nowPeers.equals(peers) || !nowCollections.equals(collections)) {
      peers = nowPeers;
      collections = nowCollections;
      peer.setItems(peers);
      collection.setItems(collections);
      choose();
    }
  }

  private void choose() {
    wantedPeer().filter(peers::contains).ifPresent(peer::setValue);
    wantedCollection().filter(collections::contains).ifPresent(collection::setValue);
  }

  private Optional<String> wantedPeer() {
    return state.peer().or(() -> peers.stream().findFirst());
  }

  private Optional<String> wantedCollection() {
    return state.collection().map(CollectionName::value).or(() -> collections.stream().findFirst());
  }

  /** Compares again after a while, unless an answer is still out. */
  void refresh(UI page, long nowMillis) {
    Optional<String> with = wantedPeer();
    Optional<String> of = wantedCollection();
    if (with.isEmpty() || of.isEmpty()) {
      sum.setText("There is nothing to compare yet.");
      return;
    }
    if (asking || nowMillis < dueMillis) {
      return;
    }
    asking = true;
    dueMillis = nowMillis + EVERY_MILLIS;
    String asked = with.get() + "/" + of.get();
    try {
      later.show(
          page,
          repairs.compare(with.get(), new CollectionName(of.get())),
          answer -> {
            asking = false;
            if (asked.equals(wantedPeer().orElse("") + "/" + wantedCollection().orElse(""))) {
              show(with.get(), new CollectionName(of.get()), answer);
            }
          },
          failure -> {
            asking = false;
            failed(with.get(), failure);
          });
    } catch (StoreFailure failure) {
      asking = false;
      failed(with.get(), failure);
    }
  }

  private void failed(String with, StoreFailure failure) {
    trees.setVisible(false);
    shown = Optional.empty();
    sum.setText("Region " + with + " cannot be compared with: " + failure.getMessage());
  }

  private void show(String with, CollectionName of, Repairs.Trees now) {
    sum.setText(
        now.differing().isEmpty()
            ? Words.count(now.ours(), "document", "documents")
                + " here and "
                + Words.count(now.theirs())
                + " in "
                + with
                + ": the trees are the same now."
            : Words.count(now.ours(), "document", "documents")
                + " here, "
                + Words.count(now.theirs())
                + " in "
                + with
                + ". "
                + Words.count(now.differing().size(), "part differs", "parts differ")
                + " now; what is on its way to one of the two is among them.");
    trees.setVisible(true);
    call.setVisible(true);
    call.show(
        new Curl(
                "GET",
                "cluster/repair/trees?peer="
                    + Paths.segment(with)
                    + "&collection="
                    + Paths.segment(of.value()))
            .text("$MERIDIAN"));
    if (shown.isPresent() && shown.get().equals(now)) {
      return;
    }
    shown = Optional.of(now);
    rings.show(now.differing(), now.documents());
    list.setVisible(!now.differing().isEmpty());
    body.removeAll();
    now.differing().stream()
        .limit(PARTS_SHOWN)
        .forEach(part -> body.add(row(of, part, now.documents())));
    int more = now.differing().size() - PARTS_SHOWN;
    if (more > 0) {
      body.add(
          new NativeTableRow(
              new NativeTableCell(""),
              new NativeTableCell("and " + Words.count(more, "part more", "parts more"))));
    }
  }

  private static NativeTableRow row(
      CollectionName of, int part, Map<Integer, List<String>> documents) {
    List<String> ids = documents.getOrDefault(part, List.of());
    UnorderedList links = new UnorderedList();
    links.addClassName("ids");
    ids.stream()
        .limit(DOCUMENTS_PER_PART)
        .forEach(
            id -> links.add(new ListItem(new Anchor(Paths.document(of, new DocumentId(id)), id))));
    if (ids.size() > DOCUMENTS_PER_PART) {
      links.add(new ListItem("and " + Words.count(ids.size() - DOCUMENTS_PER_PART) + " more"));
    }
    return new NativeTableRow(
        new NativeTableCell(Integer.toString(part)),
        ids.isEmpty() ? new NativeTableCell("not listed") : cell(links));
  }

  private static NativeTableCell cell(UnorderedList links) {
    NativeTableCell cell = new NativeTableCell();
    cell.add(links);
    return cell;
  }
}
