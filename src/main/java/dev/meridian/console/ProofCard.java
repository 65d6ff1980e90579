package dev.meridian.console;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Article;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.Repairs;

/** The proof that all regions hold the same data, and starting one. */
class ProofCard extends Article {

  private final Span state = StorageCards.badge();
  private final Facts facts = new Facts();
  private final Button start;
  private final Anchor download = new Anchor("/v1/cluster/validate", "Download the report");

  ProofCard(Runnable prove) {
    addClassName("card");
    start = new Button("Prove now", click -> prove.run());
    download.setRouterIgnore(true);
    download.getElement().setAttribute("download", "meridian-proof.json");
    Paragraph hint =
        new Paragraph(
            "Every region hashes all collections as they were at one moment. Signed, so that it can"
                + " be kept as evidence. Writes go on meanwhile.");
    hint.addClassName("hint");
    Div tools = new Div(start, download);
    tools.addClassName("tools");
    add(new Header(new H2("Proof"), state), facts, hint, tools);
  }

  void show(Repairs.ProofStatus proof, long wallMillis) {
    StorageCards.badge(state, words(proof), tone(proof));
    start.setEnabled(!proof.running());
    download.setVisible(proof.state().equals("done"));
    boolean never = proof.state().equals("never");
    facts.put(
        "As of", never ? Words.NONE : Words.ago(proof.asOf(), wallMillis), Words.utc(proof.asOf()));
    facts.put("Regions", never ? Words.NONE : String.join(", ", proof.regions()), "");
    long same = proof.collections().stream().filter(Repairs.Proved::identical).count();
    facts.put(
        "Collections",
        never
            ? Words.NONE
            : Words.count(same) + " of " + Words.count(proof.collections().size()) + " the same",
        "");
    facts.put(
        "Documents",
        never
            ? Words.NONE
            : Words.count(proof.collections().stream().mapToLong(Repairs.Proved::count).sum()),
        "compared in this region, deleted ones too");
    facts.put(
        "Not to be told",
        Words.count(proof.collections().stream().mapToLong(Repairs.Proved::untold).sum()),
        "documents of which some region does not keep any more what they were then");
    facts.putIfAny("Doing", proof.doing(), "");
    facts.putIfAny("Why not", proof.detail(), "");
  }

  private static String words(Repairs.ProofStatus proof) {
    return switch (proof.state()) {
      case "never" -> "never run";
      case "done" -> proof.identical() ? "identical" : "different";
      default -> proof.state();
    };
  }

  private static Tone tone(Repairs.ProofStatus proof) {
    return switch (proof.state()) {
      case "done" -> proof.identical() ? Tone.GOOD : Tone.BAD;
      case "failed" -> Tone.LATE;
      default -> Tone.IDLE;
    };
  }
}
