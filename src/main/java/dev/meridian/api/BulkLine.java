package dev.meridian.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One line of a bulk request, read.
 *
 * @param number of the line, from 1
 * @param id as it was given, also when the line is wrong; empty when there was none
 */
record BulkLine(
    long number, String id, Optional<BulkOperation> operation, Optional<StoreFailure> failure) {

  /** A line that is no operation. */
  static BulkLine wrong(long number, StoreFailure failure) {
    return new BulkLine(number, "", Optional.empty(), Optional.of(failure));
  }

  /**
   * @param newId makes the id of a put that names none
   */
  static BulkLine parse(long number, Bytes line, JsonLimits limits, Supplier<DocumentId> newId) {
    Reader reader = new Reader(line, limits);
    try {
      JsonDocument.checkUtf8(line);
      reader.read();
      BulkOperation operation = reader.operation(newId);
      return new BulkLine(number, operation.id().value(), Optional.of(operation), Optional.empty());
    } catch (StoreFailure refused) {
      return new BulkLine(number, reader.id, Optional.empty(), Optional.of(refused));
    } catch (JsonProcessingException malformed) {
      return new BulkLine(
          number, reader.id, Optional.empty(), Optional.of(JsonDocument.malformed(malformed)));
    } catch (IOException impossible) {
      return wrong(
          number,
          new StoreFailure.Fault(
              FailureCode.INTERNAL_ERROR, "bytes in memory could not be read", impossible));
    }
  }

  /** Collects the fields of a line. */
  private static final class Reader {
    private final Bytes line;
    private final JsonLimits limits;
    private String op = "";
    private String id = "";
    private boolean hasId;
    private Optional<Bytes> document = Optional.empty();
    private Optional<JsonValue> patch = Optional.empty();
    private String type = "";
    private Precondition precondition = Precondition.NONE;

    Reader(Bytes line, JsonLimits limits) {
      this.line = line;
      this.limits = limits;
    }

    void read() throws IOException {
      try (JsonParser parser =
          JsonDocument.json().createParser(line.array(), line.offset(), line.length())) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw mistake("a line is a JSON object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          field(name, parser);
        }
        if (parser.nextToken() != null) {
          throw mistake("one operation stands on a line, and nothing after it");
        }
      }
    }

    private void field(String name, JsonParser parser) throws IOException {
      switch (name) {
        case "op" -> op = text(name, parser);
        case "id" -> {
          id = text(name, parser);
          hasId = true;
        }
        case "doc" -> document = Optional.of(JsonDocument.nested(parser, line, limits));
        case "patch" -> patch = Optional.of(JsonValue.read(parser));
        case "type" -> type = text(name, parser);
        case "ifMatch" ->
            add(EntityTags.parse(name, List.of(tag(text(name, parser)))).orElseThrow().ifMatch());
        case "ifNoneMatch" ->
            add(
                EntityTags.parse(name, List.of(tag(text(name, parser))))
                    .orElseThrow()
                    .ifNoneMatch());
        default ->
            throw mistake(
                "a line has op, id, doc, patch, type, ifMatch and ifNoneMatch; this release does not"
                    + " know '"
                    + (name.length() > 64 ? name.substring(0, 64) + "…" : name)
                    + "'");
      }
    }

    /** A version stands in a line without the quotes that HTTP asks for. */
    private static String tag(String value) {
      return value.equals("*") || value.startsWith("\"") ? value : "\"" + value + "\"";
    }

    private void add(Precondition more) {
      precondition =
          precondition instanceof Precondition.None
              ? more
              : new Precondition.Both(precondition, more);
    }

    private static String text(String name, JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw mistake("'" + name + "' is a text");
      }
      return parser.getText();
    }

    BulkOperation operation(Supplier<DocumentId> newId) {
      return switch (op) {
        case "put" ->
            new BulkOperation.Put(
                hasId ? new DocumentId(id) : newId.get(),
                document.orElseThrow(() -> mistake("a put has a 'doc'")),
                precondition);
        case "delete" -> new BulkOperation.Delete(new DocumentId(id), precondition);
        case "get" -> new BulkOperation.Get(new DocumentId(id));
        case "patch" ->
            new BulkOperation.Patch(
                new DocumentId(id),
                DocumentPatch.of(kind(), patch.orElseThrow(() -> mistake("a patch has a 'patch'"))),
                precondition,
                false);
        default -> throw mistake("'op' is put, patch, delete or get");
      };
    }

    private DocumentPatch.Kind kind() {
      return DocumentPatch.Kind.named(type)
          .orElseThrow(() -> mistake("'type' of a patch is merge-patch, json-patch or crdt"));
    }

    private static StoreFailure mistake(String why) {
      return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
    }
  }
}
