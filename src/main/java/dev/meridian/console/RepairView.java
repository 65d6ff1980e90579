package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.console.LiveRepairs.Picture;
import dev.meridian.coordinator.ClusterView;
import dev.meridian.coordinator.Drills;
import dev.meridian.coordinator.Repairs;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** Do regions hold the same data? */
@Route(value = RepairState.PATH, layout = ConsoleLayout.class)
@PageTitle("Repair · Meridian")
public class RepairView extends Main implements BeforeEnterObserver {

  private final Repairs repairs;
  private final Drills drills;
  private final LiveRepairs live;
  private final Later later;
  private final List<String> peers;
  private final HeadlineText headline = new HeadlineText();
  private final RepairCard repair = new RepairCard(this::repair, this::cancel);
  private final ProofCard proof = new ProofCard(this::prove);
  private final DrillCard drill = new DrillCard(this::damage);
  private final TreesPanel trees;
  private final RepairHistory history = new RepairHistory();
  private final Div cards = new Div(repair, proof, drill);
  private final Component alone =
      Failures.empty(
          "One region, nothing to compare with",
          "Name other regions in MERIDIAN_PEERS, and this page shows whether they hold the same"
              + " data.");
  private Runnable stop = () -> {};

  @Inject
  RepairView(Repairs repairs, Drills drills, ClusterView cluster, LiveRepairs live, Later later) {
    this.repairs = repairs;
    this.drills = drills;
    this.live = live;
    this.later = later;
    this.peers = cluster.status().regions().stream().skip(1).map(region -> region.id()).toList();
    this.trees = new TreesPanel(repairs, later);
    addClassNames("view", "repair");
    cards.addClassNames("cards", "storage-cards");
    drill.setVisible(drills.isEnabled());
    add(headline.parts());
    add(alone, cards, trees, history);
    alone.setVisible(peers.isEmpty());
    cards.setVisible(!peers.isEmpty());
    trees.setVisible(!peers.isEmpty());
    history.setVisible(!peers.isEmpty());
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    trees.enter(RepairState.of(event.getLocation().getQueryParameters()));
    show(live.now(), event.getUI());
  }

  @Override
  protected void onAttach(AttachEvent event) {
    UI page = event.getUI();
    stop = live.watch(picture -> later.onPage(page, () -> show(picture, page)));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop.run();
  }

  private void show(Picture now, UI page) {
    headline.show(RepairNews.of(now.repair(), now.proof(), now.wallMillis()));
    if (peers.isEmpty()) {
      return;
    }
    repair.show(now.repair(), now.wallMillis());
    proof.show(now.proof(), now.wallMillis());
    drill.offer(now.collections());
    trees.offer(peers, now.collections());
    trees.refresh(page, now.wallMillis());
    history.show(RepairNews.all(now.repair()), now.wallMillis());
  }

  private void again() {
    trees.soon();
    show(live.now(), UI.getCurrent());
  }

  private void repair(boolean look) {
    doing(() -> repairs.start(Optional.empty(), look, "the console"));
  }

  private void cancel() {
    doing(() -> repairs.cancel(Optional.empty()));
  }

  private void prove() {
    doing(repairs::prove);
  }

  private void doing(Runnable action) {
    try {
      action.run();
      again();
    } catch (StoreFailure failure) {
      Failures.tell(failure);
    }
  }

  private void damage(String collection, int documents, Drills.Harm harm) {
    try {
      later.show(
          UI.getCurrent(),
          drills.damage(new CollectionName(collection), documents, harm),
          damaged -> {
            Failures.done(
                Words.count(damaged.documents(), "document", "documents")
                    + " of "
                    + collection
                    + (harm == Drills.Harm.ALTER ? " altered" : " lost")
                    + " in this region");
            again();
          },
          Failures::tell);
    } catch (StoreFailure failure) {
      Failures.tell(failure);
    }
  }
}
