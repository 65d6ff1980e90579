package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlacementRulesTest {

  private static final String ALL =
      """
      {"placement":{"regions":["us","eu"],
       "prefixes":{"de/":["eu"],"de/bund/":["eu","ap"]},
       "field":"/address/country","map":{"fr":["eu"],"49":["ap"],"true":["us"]},"hints":"allow"}}""";

  private static PlacementRules rules(String json) {
    return CollectionSettingsJson.parse(Bytes.utf8(json)).placement();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x|{}|eu, us",
        "de/1|{}|eu",
        "de/bund/1|{}|ap, eu",
        "de/1|{\"address\":{\"country\":\"fr\"}}|eu",
        "x|{\"address\":{\"country\":\"fr\"}}|eu",
        "x|{\"address\":{\"country\":49}}|ap",
        "x|{\"address\":{\"country\":true}}|us",
        "x|{\"address\":{\"country\":null}}|eu, us",
        "x|{\"address\":{\"country\":[\"fr\"]}}|eu, us",
        "x|{\"address\":{\"country\":\"unmapped\"}}|eu, us",
        "de/1|{\"country\":\"fr\",\"address\":{\"city\":\"Paris\"}}|eu"
      })
  void theFieldDecidesThenTheLongestPrefixThenTheRest(String id, String body, String expected) {
    assertEquals(expected, rules(ALL).of(new DocumentId(id), Bytes.utf8(body)).toString());
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    CollectionSettings settings = CollectionSettingsJson.parse(Bytes.utf8(ALL));
    Bytes rendered = CollectionSettingsJson.render(settings);
    assertEquals(settings, CollectionSettingsJson.parse(rendered), rendered.utf8());
    assertTrue(settings.placement().hints());
    Bytes none = CollectionSettingsJson.render(CollectionSettings.DEFAULTS);
    assertTrue(CollectionSettingsJson.parse(none).placement().isEverywhere());
    assertTrue(none.utf8().endsWith("\"placement\":null}"), none.utf8());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "\"eu\"",
        "{\"regions\":[]}",
        "{\"regions\":[\"EU\"]}",
        "{\"regions\":[7]}",
        "{\"regions\":\"eu\"}",
        "{\"regions\":[\"eu\"],\"region\":1}",
        "{\"regions\":[\"eu\"],\"field\":\"/a\"}",
        "{\"regions\":[\"eu\"],\"map\":{\"a\":[\"eu\"]}}",
        "{\"regions\":[\"eu\"],\"field\":\"a\",\"map\":{\"a\":[\"eu\"]}}",
        "{\"regions\":[\"eu\"],\"field\":\"/a\",\"map\":{\"a\":[]}}",
        "{\"regions\":[\"eu\"],\"field\":\"/a\",\"map\":{\"\":[\"eu\"]}}",
        "{\"regions\":[\"eu\"],\"prefixes\":{\"\":[\"eu\"]}}",
        "{\"regions\":[\"eu\"],\"prefixes\":[]}",
        "{\"regions\":[\"eu\"],\"hints\":true}",
        "{\"regions\":[\"eu\"],\"hints\":\"sometimes\"}"
      })
  void whatIsNoPlacementIsRefused(String placement) {
    StoreFailure refused =
        assertThrows(
            StoreFailure.CallerMistake.class, () -> rules("{\"placement\":" + placement + "}"));
    assertEquals(FailureCode.INVALID_REQUEST, refused.code(), refused.getMessage());
  }
}
