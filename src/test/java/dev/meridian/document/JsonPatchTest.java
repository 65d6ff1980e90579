package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPatchTest {

  private static JsonPatch parse(String patch) {
    return (JsonPatch) DocumentPatch.parse(DocumentPatch.Kind.JSON_PATCH, Bytes.utf8(patch));
  }

  private static String changed(String document, String patch) {
    return parse(patch).applyTo(JsonValue.parse(document), JsonLimits.DEFAULTS).text();
  }

  private static StoreFailure refused(String document, String patch) {
    return assertThrows(
        StoreFailure.CallerMistake.class,
        () -> parse(patch).apply(Bytes.utf8(document), JsonLimits.DEFAULTS));
  }

  /** RFC 6902, appendix A; in that order. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A.1|{\"foo\":\"bar\"}"
            + "|[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]"
            + "|{\"foo\":\"bar\",\"baz\":\"qux\"}",
        "A.2|{\"foo\":[\"bar\",\"baz\"]}"
            + "|[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]"
            + "|{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
        "A.3|{\"baz\":\"qux\",\"foo\":\"bar\"}"
            + "|[{\"op\":\"remove\",\"path\":\"/baz\"}]"
            + "|{\"foo\":\"bar\"}",
        "A.4|{\"foo\":[\"bar\",\"qux\",\"baz\"]}"
            + "|[{\"op\":\"remove\",\"path\":\"/foo/1\"}]"
            + "|{\"foo\":[\"bar\",\"baz\"]}",
        "A.5|{\"baz\":\"qux\",\"foo\":\"bar\"}"
            + "|[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]"
            + "|{\"baz\":\"boo\",\"foo\":\"bar\"}",
        "A.6|{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}"
            + "|[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]"
            + "|{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}",
        "A.7|{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}"
            + "|[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]"
            + "|{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}",
        "A.8|{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}"
            + "|[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
            + "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]"
            + "|{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
        "A.10|{\"foo\":\"bar\"}"
            + "|[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]"
            + "|{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}",
        "A.11|{\"foo\":\"bar\"}"
            + "|[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]"
            + "|{\"foo\":\"bar\",\"baz\":\"qux\"}",
        "A.14|{\"/\":9,\"~1\":10}"
            + "|[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]"
            + "|{\"/\":9,\"~1\":10}",
        "A.16|{\"foo\":[\"bar\"]}"
            + "|[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]"
            + "|{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"
      })
  void theExamplesOfTheRfcHold(String section, String document, String patch, String result) {
    assertEquals(result, changed(document, patch), section);
  }

  /** RFC 6902, appendix A.9, A.12, A.13 and A.15: what is an error. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A.9|{\"baz\":\"qux\"}"
            + "|[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]|patch-test-failed",
        "A.12|{\"foo\":\"bar\"}"
            + "|[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]|patch-test-failed",
        "A.13|{\"foo\":\"bar\"}"
            + "|[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"op\":\"remove\"}]|invalid-json",
        "A.15|{\"/\":9,\"~1\":10}"
            + "|[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]|patch-test-failed"
      })
  void theErrorsOfTheRfcAreErrors(String section, String document, String patch, String code) {
    assertEquals(code, refused(document, patch).code().text(), section);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // An empty patch, the root, names that are empty or escaped, members that are replaced.
        "{\"a\":1}|[]|{\"a\":1}",
        "{\"a\":1}|[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"b\":2}}]|{\"b\":2}",
        "{\"a\":1}|[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/b\"}]|{\"a\":1,\"b\":{\"a\":1}}",
        "{\"a\":1}|[{\"op\":\"add\",\"path\":\"/\",\"value\":0}]|{\"a\":1,\"\":0}",
        "{\"a/b\":1}|[{\"op\":\"move\",\"from\":\"/a~1b\",\"path\":\"/m~0n\"}]|{\"m~n\":1}",
        "{\"a\":1,\"b\":2}|[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]|{\"a\":null,\"b\":2}",
        // A position is looked up after the item was taken away.
        "{\"a\":[1,2]}|[{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/a/1\"}]|{\"a\":[2,1]}",
        "{\"a\":[1,2]}|[{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/a/-\"}]|{\"a\":[2,1]}",
        "{\"a\":[1]}|[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":2}]|{\"a\":[1,2]}",
        "{\"a\":1}|[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]|{\"a\":1}",
        // What is copied and its copy go separate ways; so does what a patch adds twice.
        "{\"a\":{\"x\":[1]}}|[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"},"
            + "{\"op\":\"add\",\"path\":\"/a/x/-\",\"value\":2},"
            + "{\"op\":\"copy\",\"from\":\"/a/x\",\"path\":\"/c\"},"
            + "{\"op\":\"remove\",\"path\":\"/a/x/0\"}]"
            + "|{\"a\":{\"x\":[2]},\"b\":{\"x\":[1]},\"c\":[1,2]}",
        // Numbers keep their text and are compared by value.
        "{\"a\":1.10,\"b\":1e400}|[{\"op\":\"test\",\"path\":\"/a\",\"value\":1.1},"
            + "{\"op\":\"test\",\"path\":\"\",\"value\":{\"b\":10e399,\"a\":1.1}},"
            + "{\"op\":\"add\",\"path\":\"/c\",\"value\":-0.0}]|{\"a\":1.10,\"b\":1e400,\"c\":-0.0}",
        "{\"a\":[{\"b\":1}]}|[{\"op\":\"add\",\"path\":\"/a/0/c\",\"value\":2},"
            + "{\"op\":\"test\",\"path\":\"\",\"value\":{\"a\":[{\"c\":2,\"b\":1}]}}]"
            + "|{\"a\":[{\"b\":1,\"c\":2}]}"
      })
  void operationsDoWhatTheySay(String document, String patch, String result) {
    assertEquals(result, changed(document, patch));
    assertEquals(
        result, changed(document, parse(patch).json().text()), "the same when written again");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"op\":\"remove\",\"path\":\"/x\"}|nothing at '/x'",
        "{\"op\":\"replace\",\"path\":\"/x\",\"value\":1}|nothing at '/x'",
        "{\"op\":\"replace\",\"path\":\"/a/-\",\"value\":1}|nothing at '/a/-'",
        "{\"op\":\"test\",\"path\":\"/a/2\",\"value\":1}|nothing at '/a/2'",
        "{\"op\":\"add\",\"path\":\"/a/3\",\"value\":1}|the array has 2 items",
        "{\"op\":\"add\",\"path\":\"/a/01\",\"value\":1}|the array has 2 items",
        "{\"op\":\"add\",\"path\":\"/a/-/b\",\"value\":1}|nothing at '/a/-'",
        "{\"op\":\"add\",\"path\":\"/s/b\",\"value\":1}|no object and no array",
        "{\"op\":\"move\",\"from\":\"/x\",\"path\":\"/y\"}|nothing at '/x'",
        "{\"op\":\"move\",\"from\":\"/x\",\"path\":\"/x\"}|nothing at '/x'",
        "{\"op\":\"copy\",\"from\":\"/s/0\",\"path\":\"/y\"}|nothing at '/s/0'"
      })
  void whatDoesNotFitNamesTheOperation(String operation, String why) {
    String patch = "[{\"op\":\"add\",\"path\":\"/new\",\"value\":1}," + operation + "]";
    StoreFailure refused = refused("{\"a\":[1,2],\"s\":\"text\"}", patch);
    assertEquals(FailureCode.PATCH_TEST_FAILED, refused.code());
    assertTrue(refused.getMessage().contains("operation 1 ("), refused.getMessage());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
    assertEquals(Map.of("operation", 1), refused.members());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|array of operations",
        "[1]|operation 0: an operation is a JSON object",
        "[{\"path\":\"/a\"}]|operation 0: 'op' is missing",
        "[{\"op\":1,\"path\":\"/a\"}]|operation 0: 'op' is a text",
        "[{\"op\":\"Add\",\"path\":\"/a\",\"value\":1}]|operation 0: 'op' is add, remove",
        "[{\"op\":\"remove\"}]|operation 0: 'path' is missing",
        "[{\"op\":\"remove\",\"path\":null}]|operation 0: 'path' is a text",
        "[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"remove\",\"path\":\"a\"}]|operation 1: 'path'",
        "[{\"op\":\"remove\",\"path\":\"/a~2\"}]|operation 0: 'path': in a JSON Pointer",
        "[{\"op\":\"add\",\"path\":\"/a\"}]|operation 0: 'value' is missing",
        "[{\"op\":\"test\",\"path\":\"/a\"}]|operation 0: 'value' is missing",
        "[{\"op\":\"copy\",\"path\":\"/a\"}]|operation 0: 'from' is missing",
        "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]|operation 0: a value cannot be moved"
      })
  void whatIsNoPatchIsRefusedWithTheIndex(String patch, String why) {
    StoreFailure refused = assertThrows(StoreFailure.class, () -> parse(patch));
    assertEquals(FailureCode.INVALID_JSON, refused.code());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "3", "null"})
  void theResultIsAnObject(String value) {
    String patch = "[{\"op\":\"replace\",\"path\":\"\",\"value\":" + value + "}]";
    assertEquals(FailureCode.INVALID_JSON, refused("{}", patch).code());
    assertEquals(
        FailureCode.INVALID_JSON, refused("{}", "[{\"op\":\"remove\",\"path\":\"\"}]").code());
  }

  private static String operations(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"op\":\"add\",\"path\":\"/k" + i + "\",\"value\":" + i + "}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void operationsSizeAndDepthAreBounded() {
    assertEquals(1000, parse(operations(1000)).operations().size());
    assertTrue(
        assertThrows(StoreFailure.class, () -> parse(operations(1001)))
            .getMessage()
            .contains("at most 1000 operations"));
    String deep = "[".repeat(63) + "]".repeat(63);
    String fits = "[{\"op\":\"add\",\"path\":\"/a\",\"value\":" + deep + "}]";
    parse(fits).apply(Bytes.utf8("{}"), JsonLimits.DEFAULTS);
    String tooDeep = "[{\"op\":\"add\",\"path\":\"/a\",\"value\":[" + deep + "]}]";
    assertEquals(FailureCode.INVALID_JSON, refused("{}", tooDeep).code());
    String large = "[{\"op\":\"add\",\"path\":\"/a\",\"value\":\"" + "x".repeat(1 << 20) + "\"}]";
    assertEquals(FailureCode.DOCUMENT_TOO_LARGE, refused("{}", large).code());
  }

  @Test
  void aRefusalTellsLittleOfALongPath() {
    String path = "/" + "x".repeat(100_000);
    StoreFailure refused = refused("{}", "[{\"op\":\"remove\",\"path\":\"" + path + "\"}]");
    assertTrue(refused.getMessage().length() < 1000, refused.getMessage());
    StoreFailure malformed =
        assertThrows(
            StoreFailure.class,
            () -> parse("[{\"op\":\"remove\",\"path\":\"" + "x".repeat(100_000) + "\"}]"));
    assertTrue(malformed.getMessage().length() < 1000, malformed.getMessage());
  }

  /** Each doubles the document: the thirtieth would make a gigabyte. */
  @Test
  void copiesCannotExplode() {
    String doubling =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/k" + i + "\"}")
            .collect(Collectors.joining(",", "[", "]"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertEquals(
                FailureCode.DOCUMENT_TOO_LARGE, refused("{\"a\":\"x\"}", doubling).code()));
  }

  /** One after the other they would copy a hundred thousand members a thousand times. */
  @Test
  void manyOperationsOnALargeObjectCostWhatOneDoes() {
    String wide =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"m" + i + "\":" + i)
            .collect(Collectors.joining(",", "{", "}"));
    JsonValue document = JsonValue.parse(wide);
    JsonPatch patch = parse(operations(1000));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 10; i++) {
            patch.applyTo(document, JsonLimits.DEFAULTS);
          }
        });
  }
}
