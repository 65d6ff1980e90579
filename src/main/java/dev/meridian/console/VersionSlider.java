package dev.meridian.console;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeLabel;
import com.vaadin.flow.component.html.RangeInput;
import com.vaadin.flow.component.html.Span;
import dev.meridian.clock.VersionId;
import java.util.List;
import java.util.function.Consumer;

/**
 * The versions that are listed as a line from the oldest to the newest, to walk along with pointer
 * or arrow keys. One step is one version, however much time lies between two.
 */
final class VersionSlider extends Div {

  private final Browser browser;
  private final NativeLabel name = new NativeLabel("Timeline");
  private final RangeInput line = new RangeInput();
  private final Span at = new Span();
  private List<VersionId> versions = List.of();

  /**
   * @param chosen gets the version that a person moved to
   */
  VersionSlider(Browser browser, Consumer<VersionId> chosen) {
    this.browser = browser;
    addClassName("timeline");
    line.setId("version-timeline");
    name.setFor(line);
    at.addClassName("what");
    line.setMin(0);
    line.setStep(1.0);
    line.addValueChangeListener(
        change -> {
          int index = change.getValue().intValue();
          if (change.isFromClient() && index >= 0 && index < versions.size()) {
            chosen.accept(versions.get(index));
          }
        });
    Div ends = new Div(new Span("oldest listed"), new Span("newest"));
    ends.addClassName("ends");
    add(new Div(name, at), line, ends);
    setVisible(false);
  }

  /**
   * @param newestFirst all that are listed
   */
  void show(List<VersionId> newestFirst) {
    versions = newestFirst.reversed();
    setVisible(versions.size() > 1);
    if (versions.size() > 1) {
      line.setMax(versions.size() - 1);
      look(new PastState.Nothing());
    }
  }

  /** Moves to what is looked at, or was in force then; else to the newest. */
  void look(PastState state) {
    if (versions.isEmpty()) {
      return;
    }
    int newest = versions.size() - 1;
    int index =
        switch (state) {
          case PastState.One one -> known(one.version(), newest);
          case PastState.Two two -> known(two.after(), newest);
          case PastState.AsOf asOf -> inForce(asOf.millis());
          case PastState.Nothing none -> newest;
          case PastState.Unclear unclear -> newest;
        };
    line.setValue((double) Math.max(0, index));
    // A browser that hears of the value before the new maximum cuts it to the old one.
    line.getElement().executeJs("this.value = $0", Math.max(0, index));
    String place =
        index < 0 ? "before these " + versions.size() : (index + 1) + " of " + versions.size();
    at.setText(place);
    line.getElement()
        .setAttribute(
            "aria-valuetext", index < 0 ? place : place + ", " + time(versions.get(index)));
  }

  private int known(VersionId version, int otherwise) {
    int index = versions.indexOf(version);
    return index < 0 ? otherwise : index;
  }

  /** The newest that was written by then; -1 for none of the listed. */
  private int inForce(long millis) {
    int index = versions.size() - 1;
    while (index >= 0 && versions.get(index).hlc().millis() > millis) {
      index--;
    }
    return index;
  }

  private String time(VersionId version) {
    return browser.time(version.hlc().millis());
  }
}
