package dev.meridian.console;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import dev.meridian.console.LiveStorage.Picture;
import dev.meridian.coordinator.Storage;
import jakarta.inject.Inject;

/** Is the disk side well? */
@Route(value = "storage", layout = ConsoleLayout.class)
@PageTitle("Storage · Meridian")
public class StorageView extends Main {

  private final Storage storage;
  private final LiveStorage live;
  private final Later later;
  private final HeadlineText headline = new HeadlineText();
  private final DamageList damages = new DamageList();
  private final ScrubCard scrub = new ScrubCard(this::verify);
  private final StorageCards cards = new StorageCards(scrub);
  private final TableList tables = new TableList();
  private Runnable stop = () -> {};

  @Inject
  StorageView(Storage storage, LiveStorage live, Later later) {
    this.storage = storage;
    this.live = live;
    this.later = later;
    addClassNames("view", "storage");
    add(headline.parts());
    add(damages, cards, tables);
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

  private void verify() {
    storage.startScrub();
    show(live.now());
  }

  private void show(Picture now) {
    headline.show(StorageNews.of(now.status()));
    damages.show(now.status().damages());
    cards.show(now.status());
    scrub.show(now.status(), now.wallMillis());
    tables.show(now.status().tables(), now.wallMillis());
  }
}
