package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import dev.meridian.console.Links.Link;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.document.StoreFailure;

/** Pauses and resumes a link that ends here, after asking. */
class LinkPause extends Button {

  private final LinkControl control;
  private final Runnable changed;
  private Runnable ask = () -> {};

  LinkPause(LinkControl control, Runnable changed) {
    this.control = control;
    this.changed = changed;
    addClickListener(click -> ask.run());
  }

  /**
   * @param here whether the link ends in this region: only that region can pause it
   */
  void show(Link link, boolean here) {
    boolean paused = link.status().state().equals("paused");
    setVisible(here);
    setText(paused ? "Resume" : "Pause");
    ask = () -> confirm(link, !paused);
  }

  private void confirm(Link link, boolean pause) {
    String from = link.status().from();
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader((pause ? "Pause " : "Resume ") + link.name() + "?");
    dialog.setText(
        pause
            ? "This region stops reading from "
                + from
                + ". Its changes come through other regions or wait there; nothing is lost."
            : "This region reads from " + from + " again.");
    dialog.setCancelable(true);
    dialog.setConfirmText(pause ? "Pause link" : "Resume link");
    dialog.addConfirmListener(confirmed -> set(from, pause));
    dialog.open();
  }

  private void set(String from, boolean pause) {
    try {
      control.pause(from, pause);
      changed.run();
    } catch (StoreFailure failure) {
      Failures.tell(failure);
    }
  }
}
