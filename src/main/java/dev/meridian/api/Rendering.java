package dev.meridian.api;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.History;
import dev.meridian.coordinator.Journey;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** Answers that carry documents, put together from bytes: a document is copied, never parsed. */
final class Rendering {

  private static final byte[] ID = ascii("{\"id\":\"");
  private static final byte[] VERSION = ascii("\",\"version\":\"");
  private static final byte[] DOC = ascii(",\"doc\":");
  private static final byte[] NOTHING = {};
  private static final byte[] END_TEXT = ascii("\"}");

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Rendering() {}

  static Bytes written(DocumentId id, VersionId version) {
    ByteBuilder out = new ByteBuilder(128);
    out.add(ID).add(quoted(id.value())).add(VERSION).add(ascii(version.toString())).add(END_TEXT);
    return out.bytes();
  }

  static Bytes list(List<LiveDocument> documents, boolean withBodies, Optional<String> cursor) {
    int size = 64;
    for (LiveDocument document : documents) {
      size += 128 + (withBodies ? document.body().length() : 0);
    }
    ByteBuilder out = new ByteBuilder(size).add(ascii("{\"docs\":["));
    boolean first = true;
    for (LiveDocument document : documents) {
      if (!first) {
        out.add((byte) ',');
      }
      first = false;
      out.add(ID).add(quoted(document.id().value())).add(VERSION);
      out.add(ascii(document.version().toString()));
      int siblings = document.heads().siblings();
      out.add((byte) '"').add(siblings > 1 ? ascii(",\"siblings\":" + siblings) : NOTHING);
      if (withBodies) {
        out.add(DOC).add(document.body());
      }
      out.add((byte) '}');
    }
    out.add((byte) ']');
    cursor.ifPresent(next -> out.add(ascii(",\"cursor\":\"")).add(ascii(next)).add((byte) '"'));
    return out.add((byte) '}').bytes();
  }

  static Bytes versions(List<StoredDocument> versions, Optional<String> cursor) {
    ByteBuilder out = new ByteBuilder(64 + 160 * versions.size()).add(ascii("{\"versions\":["));
    boolean first = true;
    for (StoredDocument each : versions) {
      if (!first) {
        out.add((byte) ',');
      }
      first = false;
      out.add(ascii("{\"version\":\"" + each.version()))
          .add(ascii("\",\"origin\":\"" + each.version().origin()))
          .add(ascii("\",\"at\":\"" + instant(each.version().hlc())))
          .add(ascii("\",\"deleted\":" + (each instanceof StoredDocument.Tombstone)))
          .add(ascii(",\"bytes\":" + each.change().bodyBytes() + "}"));
    }
    out.add((byte) ']');
    cursor.ifPresent(next -> out.add(ascii(",\"cursor\":\"" + next + "\"")));
    return out.add((byte) '}').bytes();
  }

  static Bytes journeys(DocumentId id, List<Journey> journeys) {
    ByteBuilder out = new ByteBuilder(256 + 512 * journeys.size()).add(ID).add(quoted(id.value()));
    out.add(ascii("\",\"versions\":["));
    boolean first = true;
    for (Journey journey : journeys) {
      StoredDocument each = journey.version();
      out.add(ascii(first ? "" : ","));
      first = false;
      out.add(ascii("{\"version\":\"" + each.version()))
          .add(ascii("\",\"origin\":\"" + each.version().origin()))
          .add(ascii("\",\"at\":\"" + instant(each.version().hlc())))
          .add(ascii("\",\"deleted\":" + (each instanceof StoredDocument.Tombstone)))
          .add(ascii(",\"regions\":["));
      String separator = "";
      for (Journey.Visit visit : journey.visits()) {
        out.add(ascii(separator + visit(visit)));
        separator = ",";
      }
      out.add(ascii("]}"));
    }
    return out.add(ascii("]}")).bytes();
  }

  private static String visit(Journey.Visit visit) {
    String head =
        "{\"region\":\"" + visit.region() + "\",\"state\":\"" + visit.state().text() + "\"";
    return visit.state() == Journey.State.VISIBLE
        ? head
            + ",\"at\":\""
            + Instants.text(visit.atMillis())
            + "\",\"lagMs\":"
            + visit.lagMillis()
            + "}"
        : head + "}";
  }

  /** One line of a diff, without its end. */
  static Bytes difference(History.Difference difference, boolean withBodies) {
    Optional<LiveDocument> before = difference.before();
    Optional<LiveDocument> after = difference.after();
    String change = after.isEmpty() ? "deleted" : before.isEmpty() ? "created" : "changed";
    ByteBuilder out = new ByteBuilder(256).add(ID).add(quoted(difference.id().value()));
    out.add(ascii("\",\"change\":\"" + change + "\",\"from\":")).add(version(before));
    out.add(ascii(",\"to\":")).add(version(after));
    if (withBodies && after.isPresent()) {
      out.add(ascii(",\"doc\":")).add(after.get().body());
    }
    return out.add((byte) '}').bytes();
  }

  private static byte[] version(Optional<LiveDocument> document) {
    return ascii(document.map(d -> "\"" + d.version() + "\"").orElse("null"));
  }

  /** RFC 3339 with milliseconds. */
  private static String instant(HlcTimestamp hlc) {
    return INSTANT.format(Instant.ofEpochMilli(hlc.millis()));
  }

  /** The inside of a JSON string, in UTF-8. */
  static byte[] quoted(String text) {
    return JsonStringEncoder.getInstance().quoteAsUTF8(text);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
