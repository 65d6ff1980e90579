package dev.meridian.api;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Answers that carry documents, put together from bytes: a document is copied, never parsed. */
final class Rendering {

  private static final byte[] ID = ascii("{\"id\":\"");
  private static final byte[] VERSION = ascii("\",\"version\":\"");
  private static final byte[] DOC = ascii("\",\"doc\":");
  private static final byte[] END_TEXT = ascii("\"}");

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
      if (withBodies) {
        out.add(DOC).add(document.body()).add((byte) '}');
      } else {
        out.add(END_TEXT);
      }
    }
    out.add((byte) ']');
    cursor.ifPresent(next -> out.add(ascii(",\"cursor\":\"")).add(ascii(next)).add((byte) '"'));
    return out.add((byte) '}').bytes();
  }

  /** The inside of a JSON string, in UTF-8. */
  static byte[] quoted(String text) {
    return JsonStringEncoder.getInstance().quoteAsUTF8(text);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
