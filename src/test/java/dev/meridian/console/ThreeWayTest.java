package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ThreeWayTest {

  private static List<ThreeWay.Row> rows(String base, String... versions) {
    return new ThreeWay(
            Optional.of(base).filter(text -> !text.isEmpty()).map(JsonValue::parse),
            Arrays.stream(versions).map(JsonValue::parse).toList())
        .rows();
  }

  private static List<String> texts(List<ThreeWay.Row> rows) {
    return rows.stream()
        .map(
            row ->
                row.at()
                    + " "
                    + text(row.base())
                    + row.values().stream().map(ThreeWayTest::text).toList())
        .toList();
  }

  private static String text(Optional<JsonValue> value) {
    return value.map(JsonValue::text).orElse("-");
  }

  @Test
  void onlyPlacesThatDifferAreShownWithWhatWasThere() {
    assertEquals(
        List.of("/n 1[2, 3]", "/deep/x -[1, -]", "/list [1][[1,2], [1]]"),
        texts(
            rows(
                "{\"n\":1,\"same\":true,\"deep\":{\"y\":0},\"list\":[1]}",
                "{\"n\":2,\"same\":true,\"deep\":{\"x\":1,\"y\":0},\"list\":[1,2]}",
                "{\"n\":3,\"same\":true,\"deep\":{\"y\":0},\"list\":[1]}")));
    assertEquals(List.of(), rows("{}", "{\"a\":1}", "{\"a\":1}"), "they agree");
    assertEquals(List.of(), rows("{}", "{\"a\":1}"), "there is nothing to compare it with");
  }

  @Test
  void whatIsNoObjectOnOneSideIsOnePlace() {
    assertEquals(
        List.of("/a {\"b\":1}[{\"b\":2}, 5]"),
        texts(rows("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}", "{\"a\":5}")));
    assertEquals(List.of(" -[1, 2]"), texts(rows("", "1", "2")));
  }

  @Test
  void manyPlacesAreNotAllShown() {
    StringBuilder one = new StringBuilder("{\"p\":0");
    StringBuilder other = new StringBuilder("{\"p\":0");
    for (int i = 0; i < 1000; i++) {
      one.append(",\"m").append(i).append("\":1");
      other.append(",\"m").append(i).append("\":2");
    }
    int shown = rows("{}", one + "}", other + "}").size();
    assertEquals(ThreeWay.MAX_ROWS + 1, shown);
  }

  @Test
  void aPickChangesOnePlaceAndNothingElse() {
    JsonValue document = JsonValue.parse("{\"a\":1,\"b\":{\"c\":2}}");
    JsonPointer c = JsonPointer.parse("/b/c");
    assertEquals(
        "{\"a\":1,\"b\":{\"c\":9}}",
        ThreeWay.with(document, c, Optional.of(JsonValue.parse("9"))).text());
    assertEquals("{\"a\":1,\"b\":{}}", ThreeWay.with(document, c, Optional.empty()).text());
    assertEquals(
        "{\"a\":1,\"b\":{\"c\":2},\"x\":{\"y\":3}}",
        ThreeWay.with(document, JsonPointer.parse("/x/y"), Optional.of(JsonValue.parse("3")))
            .text());
    assertEquals(
        document,
        ThreeWay.with(document, JsonPointer.parse("/x/y"), Optional.empty()),
        "nothing is made to take something away");
  }

  @Test
  void aRowKnowsWhoseValueOneIs() {
    ThreeWay.Row row = rows("{\"n\":1}", "{\"n\":2}", "{}").getFirst();
    assertEquals(Optional.of(0), row.indexOf(Optional.of(JsonValue.parse("2.0"))));
    assertEquals(Optional.of(1), row.indexOf(Optional.empty()));
    assertTrue(row.indexOf(Optional.of(JsonValue.parse("7"))).isEmpty());
  }
}
