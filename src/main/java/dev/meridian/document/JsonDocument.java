package dev.meridian.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;

/**
 * Checks that bytes are a document: one JSON object (RFC 8259) in valid UTF-8, no key twice, within
 * the limits; and takes the insignificant white space out. Everything else stays byte for byte, so
 * numbers keep their text.
 *
 * <p>Stateless; thread-safe.
 */
public final class JsonDocument {

  /** No number or name needs a bound of its own: the document's size bounds them all. */
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  private static final int MAX_DEPTH_EVER = 1000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH_EVER)
                  .maxNumberLength(UNBOUNDED)
                  .maxNameLength(UNBOUNDED)
                  .maxStringLength(UNBOUNDED)
                  .build())
          .build();

  private JsonDocument() {}

  /** The parser factory for those who read documents piece by piece; refuses duplicate keys. */
  public static JsonFactory json() {
    return JSON;
  }

  /**
   * The document without insignificant white space; the same bytes when there is none.
   *
   * @throws StoreFailure.CallerMistake {@code invalid-json} or {@code document-too-large}
   */
  public static Bytes compact(Bytes raw, JsonLimits limits) {
    checkSize(raw, limits);
    Utf8.check(raw);
    boolean hasSpace = check(raw, limits.maxDepth());
    return hasSpace ? withoutSpace(raw) : raw;
  }

  /** The size in force counts white space too: what is sent is what must be read. */
  private static void checkSize(Bytes raw, JsonLimits limits) {
    if (raw.length() > limits.maxBytes()) {
      throw new StoreFailure.CallerMistake(
          FailureCode.DOCUMENT_TOO_LARGE,
          "a document has at most " + limits.maxBytes() + " bytes; this one has " + raw.length());
    }
  }

  private static boolean check(Bytes raw, int maxDepth) {
    checkEncoding(raw);
    try (JsonParser parser = JSON.createParser(raw.array(), raw.offset(), raw.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("a document is a JSON object: it starts with '{'", parser.currentLocation());
      }
      skipObject(parser, maxDepth);
      if (parser.nextToken() != null) {
        throw invalid("nothing may follow the document", parser.currentTokenLocation());
      }
      return hasSpace(raw);
    } catch (StreamConstraintsException tooMuch) {
      throw invalid("objects and arrays nest at most " + maxDepth + " deep", JsonLocation.NA);
    } catch (JsonProcessingException malformed) {
      throw malformed(malformed);
    } catch (IOException impossible) {
      throw new StoreFailure.Fault(
          FailureCode.INTERNAL_ERROR, "bytes in memory could not be read", impossible);
    }
  }

  /**
   * A document inside other JSON that {@code parser} reads: checked and compacted like one of its
   * own. The parser stands on its first token, and on its last afterwards.
   *
   * @param source what the parser reads, checked to be UTF-8
   */
  public static Bytes nested(JsonParser parser, Bytes source, JsonLimits limits)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("a document is a JSON object", parser.currentTokenLocation());
    }
    int start = (int) parser.currentTokenLocation().getByteOffset();
    skipObject(parser, limits.maxDepth());
    int end = (int) parser.currentLocation().getByteOffset();
    Bytes document = new Bytes(source.array(), source.offset() + start, end - start);
    checkSize(document, limits);
    return hasSpace(document) ? withoutSpace(document) : document;
  }

  private static void skipObject(JsonParser parser, int maxDepth) throws IOException {
    int depth = 1;
    while (depth > 0) {
      switch (parser.nextToken()) {
        case START_OBJECT, START_ARRAY -> {
          if (++depth > maxDepth) {
            throw invalid(
                "objects and arrays nest at most " + maxDepth + " deep",
                parser.currentTokenLocation());
          }
        }
        case END_OBJECT, END_ARRAY -> depth--;
        case null -> throw invalid("the document ends too early", parser.currentLocation());
        default -> {}
      }
    }
  }

  /** Checks that bytes are UTF-8; fails with {@code invalid-json}. */
  public static void checkUtf8(Bytes text) {
    Utf8.check(text);
  }

  /** Checks that bytes are the text of JSON that is no document: UTF-8, no byte order mark. */
  static void checkText(Bytes raw) {
    Utf8.check(raw);
    checkEncoding(raw);
  }

  /** What a parser found wrong, as a refusal. */
  public static StoreFailure malformed(JsonProcessingException wrong) {
    return invalid(firstLine(wrong.getOriginalMessage()), wrong.getLocation());
  }

  /**
   * The parser would take UTF-16 and UTF-32 too, by their zero bytes, and skip byte order marks.
   */
  private static void checkEncoding(Bytes raw) {
    for (int i = 0; i < Math.min(4, raw.length()); i++) {
      byte b = raw.array()[raw.offset() + i];
      if (b == 0 || i == 0 && b == (byte) 0xEF) {
        throw invalid("a document is UTF-8 without a byte order mark", JsonLocation.NA);
      }
    }
  }

  private static boolean hasSpace(Bytes raw) {
    byte[] bytes = raw.array();
    boolean inString = false;
    for (int i = raw.offset(), end = i + raw.length(); i < end; i++) {
      byte b = bytes[i];
      if (inString) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          inString = false;
        }
      } else if (b == '"') {
        inString = true;
      } else if (b <= ' ' && b >= 0) {
        return true;
      }
    }
    return false;
  }

  private static Bytes withoutSpace(Bytes raw) {
    byte[] in = raw.array();
    byte[] out = new byte[raw.length()];
    int length = 0;
    boolean inString = false;
    for (int i = raw.offset(), end = i + raw.length(); i < end; i++) {
      byte b = in[i];
      if (inString) {
        out[length++] = b;
        if (b == '\\') {
          out[length++] = in[++i];
        } else if (b == '"') {
          inString = false;
        }
      } else if (b > ' ' || b < 0) {
        out[length++] = b;
        inString = b == '"';
      }
    }
    return new Bytes(out, 0, length);
  }

  static StoreFailure.CallerMistake invalid(String why, JsonLocation where) {
    String place =
        where == JsonLocation.NA || where.getLineNr() < 1
            ? ""
            : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
    return new StoreFailure.CallerMistake(FailureCode.INVALID_JSON, why + place);
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("malformed JSON");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }
}
