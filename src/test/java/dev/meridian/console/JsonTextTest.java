package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.meridian.document.Bytes;
import dev.meridian.document.JsonDocument;
import dev.meridian.document.JsonLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @Test
  void laysOutByDepthAndKeepsEmptyThingsShort() {
    assertEquals(
        """
        {
          "a": 1,
          "b": [
            true,
            {}
          ],
          "c": []
        }""",
        JsonText.pretty(Bytes.utf8("{\"a\":1,\"b\":[true,{}],\"c\":[]}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"n\":1.000000000000000000010,\"m\":-0,\"big\":123456789012345678901234567890e+400}",
        "{\"s\":\"a\\\"{[,:]}\\\\\",\"ü,\":\"\\u00e4\"}",
        "{\"deep\":[[[[{\"x\":[{}]}]]]]}"
      })
  void onlyWhiteSpaceIsAdded(String compact) {
    String pretty = JsonText.pretty(Bytes.utf8(compact));
    assertEquals(compact, JsonDocument.compact(Bytes.utf8(pretty), JsonLimits.DEFAULTS).utf8());
  }
}
