package dev.meridian.console;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.crdt.Crdt;
import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldDelta;
import dev.meridian.crdt.FieldKey;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.crdt.FieldOperation.Position;
import dev.meridian.crdt.FieldStates;
import dev.meridian.document.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Two regions with one text, made of what a document's text is made of, and a link between them
 * that can be cut. Belongs to one page; nothing of it is stored.
 */
final class TextDemo {

  /** Characters of the text; more are not taken. */
  static final int MAX_LENGTH = 2_000;

  private static final FieldKey KEY = new FieldKey("/text", CrdtType.RGA, "");

  private final Side left = new Side("eu");
  private final Side right = new Side("us");
  private boolean cut;
  private long clock;

  /** What one of them did. */
  private record Made(Dot dot, VersionId version, FieldDelta delta) {}

  /** One of the two. */
  final class Side {

    private final ReplicaId region;
    private final FieldStates states = new FieldStates();
    private final List<Made> unsent = new ArrayList<>();

    private Side(String region) {
      this.region = new ReplicaId(region);
    }

    ReplicaId region() {
      return region;
    }

    /** What it did that the other one has not heard of. */
    int waiting() {
      return unsent.size();
    }

    String text() {
      return states
          .get(KEY)
          .map(Crdt::view)
          .map(
              json ->
                  JsonValue.parse(json) instanceof JsonValue.JsonString(String text) ? text : "")
          .orElse("");
    }

    /** Makes the text what somebody made of it: as one deletion and one insertion. */
    void becomes(String wanted) {
      List<FieldOperation> operations = difference(text(), limited(wanted));
      if (operations.isEmpty()) {
        return;
      }
      Made made =
          new Made(
              new Dot(region, states.included().get(region) + 1),
              new VersionId(new HlcTimestamp(++clock), region),
              states.translate(operations));
      take(made);
      unsent.add(made);
      exchange();
    }

    private void take(Made made) {
      states.apply(made.dot(), made.version(), made.delta());
    }
  }

  Side left() {
    return left;
  }

  Side right() {
    return right;
  }

  boolean isCut() {
    return cut;
  }

  void cut(boolean on) {
    cut = on;
    exchange();
  }

  private void exchange() {
    if (!cut) {
      left.unsent.forEach(right::take);
      right.unsent.forEach(left::take);
      left.unsent.clear();
      right.unsent.clear();
    }
  }

  private static String limited(String text) {
    int length = text.codePointCount(0, text.length());
    return length <= MAX_LENGTH ? text : text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH));
  }

  /** What turns one text into another, counted in code points. */
  static List<FieldOperation> difference(String from, String to) {
    int[] old = from.codePoints().toArray();
    int[] now = to.codePoints().toArray();
    int start = 0;
    while (start < old.length && start < now.length && old[start] == now[start]) {
      start++;
    }
    int end = 0;
    while (end < old.length - start
        && end < now.length - start
        && old[old.length - 1 - end] == now[now.length - 1 - end]) {
      end++;
    }
    List<FieldOperation> operations = new ArrayList<>();
    int gone = old.length - start - end;
    int come = now.length - start - end;
    if (gone > 0) {
      operations.add(new FieldOperation.Delete(KEY, new Position.Index(start), gone));
    }
    if (come > 0) {
      operations.add(
          new FieldOperation.InsertText(
              KEY, new Position.Index(start), new String(now, start, come)));
    }
    return operations;
  }
}
