package dev.meridian.console;

import com.vaadin.flow.component.Component;

/** Scrolls to what was chosen, as little as need be. */
final class InSight {

  private InSight() {}

  /** Once the page is laid out: behind a deep link it is not when it hears of this. */
  static void bring(Component chosen) {
    chosen
        .getElement()
        .executeJs(
            "requestAnimationFrame(() =>"
                + " this.scrollIntoView({block: 'nearest', inline: 'nearest'}))");
  }
}
