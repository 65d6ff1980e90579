package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergePatchTest {

  private static String merged(String target, String patch) {
    return MergePatch.merge(JsonValue.parse(target), JsonValue.parse(patch)).text();
  }

  /** RFC 7396, appendix A, and the example of section 3. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":\"b\"}|{\"a\":\"c\"}|{\"a\":\"c\"}",
        "{\"a\":\"b\"}|{\"b\":\"c\"}|{\"a\":\"b\",\"b\":\"c\"}",
        "{\"a\":\"b\"}|{\"a\":null}|{}",
        "{\"a\":\"b\",\"b\":\"c\"}|{\"a\":null}|{\"b\":\"c\"}",
        "{\"a\":[\"b\"]}|{\"a\":\"c\"}|{\"a\":\"c\"}",
        "{\"a\":\"c\"}|{\"a\":[\"b\"]}|{\"a\":[\"b\"]}",
        "{\"a\":{\"b\":\"c\"}}|{\"a\":{\"b\":\"d\",\"c\":null}}|{\"a\":{\"b\":\"d\"}}",
        "{\"a\":[{\"b\":\"c\"}]}|{\"a\":[1]}|{\"a\":[1]}",
        "[\"a\",\"b\"]|[\"c\",\"d\"]|[\"c\",\"d\"]",
        "{\"a\":\"b\"}|[\"c\"]|[\"c\"]",
        "{\"a\":\"foo\"}|null|null",
        "{\"a\":\"foo\"}|\"bar\"|\"bar\"",
        "{\"e\":null}|{\"a\":1}|{\"e\":null,\"a\":1}",
        "[1,2]|{\"a\":\"b\",\"c\":null}|{\"a\":\"b\"}",
        "{}|{\"a\":{\"bb\":{\"ccc\":null}}}|{\"a\":{\"bb\":{}}}",
        "{\"title\":\"Goodbye!\",\"author\":{\"givenName\":\"John\",\"familyName\":\"Doe\"},"
            + "\"tags\":[\"example\",\"sample\"],\"content\":\"This will be unchanged\"}"
            + "|{\"title\":\"Hello!\",\"phoneNumber\":\"+01-123-456-7890\","
            + "\"author\":{\"familyName\":null},\"tags\":[\"example\"]}"
            + "|{\"title\":\"Hello!\",\"author\":{\"givenName\":\"John\"},\"tags\":[\"example\"],"
            + "\"content\":\"This will be unchanged\",\"phoneNumber\":\"+01-123-456-7890\"}"
      })
  void theExamplesOfTheRfcHold(String target, String patch, String result) {
    assertEquals(result, merged(target, patch));
  }

  @Test
  void whatIsNotNamedKeepsItsPlaceAndItsText() {
    assertEquals(
        "{\"z\":1.10,\"a\":2.50,\"m\":1e400,\"new\":-0.0}",
        merged("{\"z\":1.10,\"a\":1,\"m\":1e400}", "{\"new\":-0.0,\"a\":2.50}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "1", "\"x\"", "", "{", "{\"a\":1,\"a\":2}", "{} {}"})
  void whatWouldLeaveNoDocumentIsNoPatch(String patch) {
    StoreFailure refused =
        assertThrows(
            StoreFailure.CallerMistake.class,
            () -> DocumentPatch.parse(DocumentPatch.Kind.MERGE_PATCH, Bytes.utf8(patch)));
    assertEquals(FailureCode.INVALID_JSON, refused.code());
  }

  @Test
  void onlyUtf8IsRead() {
    byte[] utf16 = "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
    assertThrows(
        StoreFailure.CallerMistake.class,
        () -> DocumentPatch.parse(DocumentPatch.Kind.MERGE_PATCH, new Bytes(utf16)));
  }

  @Test
  void theResultIsADocument() {
    JsonLimits limits = new JsonLimits(20, 3);
    MergePatch patch = new MergePatch((JsonObject) JsonValue.parse("{\"b\":[[]]}"));
    assertEquals(Bytes.utf8("{\"a\":1,\"b\":[[]]}"), patch.apply(Bytes.utf8("{\"a\":1}"), limits));
    assertEquals(
        FailureCode.DOCUMENT_TOO_LARGE,
        assertThrows(
                StoreFailure.class,
                () -> patch.apply(Bytes.utf8("{\"a\":\"xxxxxxxxxxxx\"}"), limits))
            .code());
    assertEquals(
        FailureCode.INVALID_JSON,
        assertThrows(StoreFailure.class, () -> patch.apply(Bytes.utf8("{}"), new JsonLimits(20, 2)))
            .code());
  }

  private static JsonValue random(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0 -> new JsonNumber(random.nextInt(5) + "." + random.nextInt(3) + "0");
      case 1 -> new JsonString("s" + random.nextInt(3));
      case 2 -> JsonValue.TRUE;
      case 3 -> JsonObject.EMPTY;
      case 4 -> {
        List<JsonValue> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(random(random, depth - 1));
        }
        yield new JsonArray(items);
      }
      default -> object(random, depth - 1);
    };
  }

  private static JsonObject object(RandomGenerator random, int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      members.put("k" + random.nextInt(6), random(random, depth));
    }
    return new JsonObject(members);
  }

  @Test
  void aDifferenceNamesWhatChangedOnly() {
    JsonObject from =
        (JsonObject) JsonValue.parse("{\"a\":{\"x\":1.0,\"y\":2},\"b\":[1],\"c\":null,\"d\":0}");
    JsonObject to =
        (JsonObject) JsonValue.parse("{\"a\":{\"x\":1.00,\"y\":2},\"b\":[1],\"c\":null,\"e\":{}}");
    assertEquals(
        "{\"d\":null,\"a\":{\"x\":1.00},\"e\":{}}",
        MergePatch.between(from, to).orElseThrow().patch().text());
    assertEquals(JsonObject.EMPTY, MergePatch.between(to, to).orElseThrow().patch());
    for (String beyond : List.of("{\"d\":null}", "{\"a\":{\"z\":null}}", "{\"n\":{\"x\":null}}")) {
      JsonObject nulls = (JsonObject) MergePatch.merge(from, JsonObject.EMPTY);
      JsonObject wanted = (JsonObject) JsonValue.parse(beyond);
      assertTrue(MergePatch.between(nulls, wanted).isEmpty(), beyond);
    }
  }

  @Test
  void theDifferenceOfTwoDocumentsMakesOneOfTheOther() {
    for (long seed = 1; seed <= 2000; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      JsonObject a = object(random, 4);
      JsonObject b = object(random, 4);
      JsonObject diff = MergePatch.between(a, b).orElseThrow().patch();
      JsonValue merged = MergePatch.merge(a, diff);
      String told = "seed " + seed + ": " + a.text() + " to " + b.text();
      assertEquals(b, merged, told);
      assertTrue(JsonValue.same(b, merged), told);
      assertEquals(merged, MergePatch.merge(merged, diff), told + ", twice");
      assertEquals(a, MergePatch.merge(a, JsonObject.EMPTY), told);
    }
  }
}
