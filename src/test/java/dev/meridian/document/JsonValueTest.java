package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValueTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"b\":1.10,\"a\":[1e400,-0,{}],\"c\":\"\\u0000\\\"\\\\é😀\"}",
        "[]",
        "null",
        "true",
        "12E+3"
      })
  void whatWasReadIsWrittenTheSame(String json) {
    assertEquals(json, JsonValue.parse(json).text());
  }

  @Test
  void halfACharacterStaysEscaped() {
    String json = "{\"a\":\"x\\ud800y\",\"b\":\"\\udc00\",\"c\":\"😀\\ud83d\"}";
    assertEquals(Bytes.utf8(json), JsonValue.parse(json).toBytes());
  }

  @Test
  void numbersOfAnySizeAreComparedAtOnce() {
    String digits = "1" + "0".repeat(1_000_000);
    for (int i = 0; i < 100; i++) {
      assertTrue(JsonValue.same(JsonValue.parse("1e1000000"), JsonValue.parse(digits)));
    }
    String far = "1e" + "9".repeat(5000);
    assertTrue(JsonValue.same(JsonValue.parse(far), JsonValue.parse(far)));
    assertFalse(JsonValue.same(JsonValue.parse(far), JsonValue.parse(far + "0")));
  }

  @Test
  void canonicalTextSortsMembersAtEveryDepth() {
    assertEquals(
        "{\"a\":{\"x\":1,\"y\":2},\"b\":[{\"c\":1,\"d\":2}]}",
        JsonValue.parse("{\"b\":[{\"d\":2,\"c\":1}],\"a\":{\"y\":2,\"x\":1}}").canonical());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|1.0|true",
        "100|1e2|true",
        "1|2|false",
        "1e9999999999|1e9999999999|true",
        "1e9999999999|2e9999999999|false",
        "10e9999999998|1e9999999999|true",
        "-0.0|0e5|true",
        "-1.50|-15e-1|true",
        "-1|1|false",
        "0.001|1E-3|true",
        "100|1000|false",
        "{\"a\":1,\"b\":2}|{\"b\":2.0,\"a\":1}|true",
        "[1,2]|[2,1]|false",
        "\"1\"|1|false",
        "null|false|false"
      })
  void numbersAreComparedByValue(String a, String b, boolean same) {
    assertEquals(same, JsonValue.same(JsonValue.parse(a), JsonValue.parse(b)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1", "{\"a\":1,\"a\":2}", "1 2", "{\"a\"}"})
  void whatIsNoJsonIsRefused(String json) {
    StoreFailure refused = assertThrows(StoreFailure.class, () -> JsonValue.parse(json));
    assertEquals(FailureCode.INVALID_JSON, refused.code());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 8",
    "/foo, 2",
    "/foo/0, 1",
    "/, 0",
    "/a~1b, 1",
    "/m~0n, 8",
    "/i\\j, 5",
    "/k\"l, 6"
  })
  void pointersAreThoseOfTheRfc(String text, int ignored) {
    assertEquals(text, JsonPointer.parse(text).toString());
    JsonValue document =
        JsonValue.parse(
            "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"i\\\\j\":5,\"k\\\"l\":6,\"m~n\":8}");
    assertTrue(JsonPointer.parse(text).in(document).isPresent());
  }

  @Test
  void pointersFindNothingWhereNothingIs() {
    JsonValue document = JsonValue.parse("{\"a\":[1,2],\"b\":3}");
    for (String text : new String[] {"/c", "/a/2", "/a/01", "/a/-", "/b/x", "/a/x"}) {
      assertEquals(Optional.empty(), JsonPointer.parse(text).in(document), text);
    }
    assertThrows(IllegalArgumentException.class, () -> JsonPointer.parse("a"));
    assertThrows(IllegalArgumentException.class, () -> JsonPointer.parse("/a~2"));
    assertTrue(JsonPointer.parse("/a").isPrefixOf(JsonPointer.parse("/a/b")));
    assertFalse(JsonPointer.parse("/a").isPrefixOf(JsonPointer.parse("/ab")));
  }
}
