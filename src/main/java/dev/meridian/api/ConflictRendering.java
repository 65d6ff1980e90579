package dev.meridian.api;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.coordinator.Conflicts.Conflict;
import dev.meridian.coordinator.Conflicts.Outcome;
import dev.meridian.coordinator.Conflicts.Side;
import dev.meridian.document.Bytes;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Answers about conflicts, put together from bytes. */
final class ConflictRendering {

  private final ByteBuilder out = new ByteBuilder(1024);

  private ConflictRendering() {}

  static Bytes page(List<Conflict> conflicts, Optional<ConflictKey> next) {
    ConflictRendering page = new ConflictRendering();
    page.text("{\"conflicts\":");
    page.array(conflicts, page::conflict);
    page.cursor(next);
    return page.end();
  }

  static Bytes sideBySide(Conflicts.SideBySide document) {
    ConflictRendering all = new ConflictRendering();
    all.text("{\"winner\":\"" + document.winner() + "\",\"siblings\":");
    all.array(document.siblings(), side -> all.side(side, false));
    all.text(",\"base\":");
    all.body(document.base());
    return all.end();
  }

  static Bytes resolved(Conflicts.Resolved resolved) {
    ConflictRendering one = new ConflictRendering();
    one.text("{");
    one.key(resolved.key());
    one.text(",\"version\":\"" + resolved.version() + "\"");
    one.text(",\"deleted\":" + resolved.body().isEmpty() + ",\"doc\":");
    one.body(resolved.body());
    return one.end();
  }

  static Bytes bulk(Conflicts.BulkResolved done) {
    ConflictRendering all = new ConflictRendering();
    long resolved = done.outcomes().stream().filter(each -> each.failure().isEmpty()).count();
    all.text("{\"resolved\":" + resolved);
    all.text(",\"failed\":" + (done.outcomes().size() - resolved));
    all.text(",\"remaining\":" + done.remaining() + ",\"remainingIsExact\":" + done.counted());
    all.text(",\"results\":");
    all.array(done.outcomes(), all::outcome);
    return all.end();
  }

  static Bytes replay(Conflicts.Replay replay) {
    Conflicts.Tally tally = replay.tally();
    ConflictRendering all = new ConflictRendering();
    all.text("{\"examined\":" + tally.examined() + ",\"same\":" + tally.same());
    all.text(",\"different\":" + tally.different() + ",\"undecided\":" + tally.undecided());
    all.text(",\"unknown\":" + tally.unknown() + ",\"examples\":");
    all.array(replay.examples(), all::example);
    all.cursor(replay.next());
    return all.end();
  }

  private void conflict(Conflict conflict) {
    text("{");
    key(conflict.key());
    at(conflict.at());
    text(",\"state\":\"" + conflict.state().text());
    text("\",\"policy\":\"" + conflict.policy().text() + "\",\"base\":");
    body(conflict.base());
    text(",\"versions\":");
    array(conflict.versions(), side -> side(side, true));
    text(",\"outcome\":");
    outcome(conflict.outcome());
    text(",\"closedBy\":" + version(conflict.closedBy()) + ",\"regions\":");
    array(conflict.regions(), region -> text("\"" + region + "\""));
    text("}");
  }

  private void at(VersionId version) {
    text(",\"at\":\"" + Instants.text(version.hlc().millis()) + "\"");
  }

  private void side(Side side, boolean inLog) {
    text("{\"version\":\"" + side.version() + "\",\"origin\":\"" + side.version().origin() + "\"");
    at(side.version());
    text(",\"deleted\":" + side.deleted());
    text(inLog ? ",\"won\":" + side.won() : "");
    text(",\"doc\":");
    body(side.body());
    text("}");
  }

  private void outcome(Outcome outcome) {
    text("{\"version\":" + version(outcome.version()) + ",\"deleted\":" + outcome.deleted());
    text(",\"undecided\":" + outcome.undecided() + ",\"doc\":");
    body(outcome.body());
    text("}");
  }

  private void outcome(Conflicts.BulkOutcome outcome) {
    text("{");
    key(outcome.key());
    int status = outcome.failure().map(why -> Problems.status(why.code())).orElse(200);
    text(",\"status\":" + status);
    outcome.version().ifPresent(version -> text(",\"version\":\"" + version + "\""));
    outcome.failure().ifPresent(this::failure);
    text("}");
  }

  private void failure(StoreFailure why) {
    text(",\"code\":\"" + why.code().text() + "\",\"detail\":\"");
    out.add(Rendering.quoted(String.valueOf(why.getMessage())));
    text("\"");
  }

  private void example(Conflicts.Example example) {
    text("{");
    key(example.key());
    at(example.at());
    text(",\"result\":\"" + example.verdict().text() + "\",\"now\":");
    outcome(example.now());
    text(",\"then\":");
    outcome(example.then());
    text("}");
  }

  private void key(ConflictKey key) {
    text("\"key\":\"" + key.text() + "\",\"collection\":\"" + key.collection() + "\",\"id\":\"");
    out.add(Rendering.quoted(key.id().value()));
    text("\"");
  }

  private void body(Optional<Bytes> body) {
    body.ifPresentOrElse(out::add, () -> text("null"));
  }

  private static String version(Optional<VersionId> version) {
    return version.map(each -> "\"" + each + "\"").orElse("null");
  }

  private <T> void array(List<T> items, Consumer<T> item) {
    text("[");
    boolean first = true;
    for (T each : items) {
      text(first ? "" : ",");
      first = false;
      item.accept(each);
    }
    text("]");
  }

  private void cursor(Optional<ConflictKey> next) {
    next.ifPresent(key -> text(",\"cursor\":\"" + key.text() + "\""));
  }

  private void text(String ascii) {
    out.add(Rendering.ascii(ascii));
  }

  private Bytes end() {
    return out.add((byte) '}').bytes();
  }
}
