package dev.meridian.console;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import dev.meridian.console.Links.Link;
import dev.meridian.coordinator.LinkControl;
import dev.meridian.coordinator.LinkDetail;
import java.util.Optional;

/** All that is known of one link: since when it lags, and why. */
class LinkPanel extends DetailPanel {

  private final LinkPause pause;
  private final Paragraph state = new Paragraph();
  private final LagTable lag = new LagTable();
  private final LagTimeline timeline = new LagTimeline();
  private final Facts facts = new Facts();
  private final Anchor elsewhere = new Anchor();
  private final Div figures;
  private final ByteRate rate = new ByteRate();
  private Optional<String> shown = Optional.empty();

  /**
   * @param changed when a link was paused or resumed
   */
  LinkPanel(LinkControl control, Runnable changed) {
    pause = new LinkPause(control, changed);
    addClassName("link-panel");
    elsewhere.setRouterIgnore(true);
    elsewhere.addClassName("other-console");
    Div left = new Div(lag, timeline);
    figures = new Div(left, facts);
    figures.addClassName("link-figures");
    content().add(state, elsewhere, figures);
    setVisible(false);
  }

  /**
   * @param self this region
   * @param console where the region at the end shows the link; empty for this one
   */
  void show(Link link, ReplicationState at, String self, String console, long wallMillis) {
    boolean here = link.status().to().equals(self);
    pause.show(link, here);
    title(link.name(), link.key(), at, true);
    state.setClassName("key " + link.tone().css());
    state.setText(sentence(link, here));
    elsewhere.setVisible(!here && !console.isEmpty());
    elsewhere.setHref(console);
    elsewhere.setText(
        link.known()
            ? "Open it in " + link.status().to() + ", which measures it and can pause it"
            : "Ask " + link.status().to() + ", which measures it");
    figures.setVisible(!link.neverKnown());
    lag.show(link, at.percentile());
    timeline.show(link, at.percentile());
    rate.add(wallMillis - link.ageMillis(), link.status().bytesIn());
    facts(link);
  }

  /** The address names a link that there is not. */
  void none(String name, ReplicationState at) {
    title("No link " + name.replace('~', '→'), name, at, false);
    state.setClassName("");
    state.setText("No two regions of this cluster have these names. Choose one in the matrix.");
    elsewhere.setVisible(false);
    figures.setVisible(false);
  }

  /** Only when another one was chosen: focus and the reader's place stay. */
  private void title(String text, String key, ReplicationState at, boolean pausable) {
    setVisible(true);
    String without = at.with(Optional.empty()).path();
    Optional<String> wanted = Optional.of(text + without);
    if (!wanted.equals(shown)) {
      shown = wanted;
      rate.clear();
      if (pausable) {
        head(text, without, pause);
      } else {
        head(text, without);
      }
      getElement().setAttribute("aria-label", "Link " + key.replace("~", " to "));
      reveal();
    }
  }

  void hide() {
    shown = Optional.empty();
    setVisible(false);
  }

  private static String sentence(Link link, boolean here) {
    if (link.neverKnown()) {
      return "Not known here: "
          + link.status().to()
          + " has told nothing of this link since this node started.";
    }
    String source =
        here
            ? "measured here"
            : link.status().to()
                + (link.known() ? " says so" : " said so " + Words.span(link.ageMillis()) + " ago");
    String state = link.words();
    return Character.toUpperCase(state.charAt(0))
        + state.substring(1)
        + link.missed().map(missed -> ": " + missed.text()).orElse("")
        + " ("
        + source
        + ")";
  }

  private void facts(Link link) {
    LinkDetail more = link.detail();
    facts.put(
        "Pending",
        Words.count(link.pendingChanges(), "change", "changes")
            + (link.known() ? ", " + Words.bytes(link.status().pendingBytes()) : ""),
        "not sent yet, as far as " + link.status().from() + " said");
    facts.put(
        "Queue",
        Words.count(more.queued(), "change", "changes"),
        "received by " + link.status().to() + " and not applied yet");
    facts.put(
        "Applied", Words.decimal(more.appliedPerSecond()) + " changes/s", "in the last minute");
    facts.put(
        "Bandwidth",
        rate.perSecond().isPresent()
            ? Words.bytes(Math.round(rate.perSecond().getAsDouble())) + "/s"
            : "measuring",
        "received, in the last ten seconds");
    facts.bytes("Received", link.status().bytesIn());
    facts.bytes("Sent in turn", more.bytesOut());
    facts.bytes("Received on the wire", more.wireBytesIn());
    facts.bytes("Sent on the wire", more.wireBytesOut());
    facts.put(
        "Clock offset",
        more.clockOffsetMs()
            + " ms"
            + (more.clockErrorMs() < 0 ? "" : " ± " + more.clockErrorMs() + " ms"),
        "the wall clock of " + link.status().from() + " against that of " + link.status().to());
    facts.put(
        "Staleness",
        link.status().stalenessMs() < 0 ? Words.NONE : Words.span(link.status().stalenessMs()),
        "how old the picture of " + link.status().from() + "'s own changes may be");
    facts.put(
        "Last change",
        link.status().lastChangeAt().isEmpty()
            ? "none yet"
            : Words.utc(link.status().lastChangeAt()),
        "");
    facts.put(
        "Paused since",
        more.pausedSince().isEmpty() ? "not paused" : Words.utc(more.pausedSince()),
        "it stays so when the region restarts");
    facts.count("Retries", link.status().retries());
    facts.put(
        "Last error",
        more.lastError().isEmpty()
            ? "none"
            : more.lastError()
                + (more.lastErrorAt().isEmpty() ? "" : ", " + Words.utc(more.lastErrorAt())),
        "");
  }
}
