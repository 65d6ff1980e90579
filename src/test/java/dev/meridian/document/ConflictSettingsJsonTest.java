package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConflictSettingsJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|{\"policy\":\"lww\",\"rules\":{},\"deleteWins\":false}",
        "{\"policy\":\"siblings\",\"deleteWins\":true}"
            + "|{\"policy\":\"siblings\",\"rules\":{},\"deleteWins\":true}",
        "{\"policy\":\"merge\",\"rules\":{\"/q\":\"max\",\"/a~1b\":\"append\","
            + "\"/i\":{\"rule\":\"union\",\"key\":\"sku\"},\"/j\":{\"rule\":\"min\"},\"\":\"siblings\"}}"
            + "|{\"policy\":\"merge\",\"rules\":{\"\":\"siblings\",\"/a~1b\":\"append\","
            + "\"/i\":{\"rule\":\"union\",\"key\":\"sku\"},\"/j\":\"min\",\"/q\":\"max\"},\"deleteWins\":false}"
      })
  void settingsAreRenderedInFull(String given, String rendered) {
    ConflictSettings settings = ConflictSettingsJson.parse(Bytes.utf8(given));
    assertEquals(rendered, ConflictSettingsJson.render(settings));
    assertEquals(settings, ConflictSettingsJson.parse(Bytes.utf8(rendered)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"policy\":\"newest\"}|policy",
        "{\"policy\":7}|policy",
        "{\"polic\":\"lww\"}|polic",
        "{\"rules\":{\"/a\":\"max\"}}|merge",
        "{\"policy\":\"merge\",\"rules\":[]}|rules",
        "{\"policy\":\"merge\",\"rules\":{\"a\":\"max\"}}|Pointer",
        "{\"policy\":\"merge\",\"rules\":{\"/a\":\"most\"}}|keep-first",
        "{\"policy\":\"merge\",\"rules\":{\"/a\":{\"rule\":\"max\",\"key\":\"x\"}}}|union",
        "{\"policy\":\"merge\",\"rules\":{\"/a\":{\"rule\":\"union\",\"key\":\"\"}}}|key",
        "{\"policy\":\"merge\",\"rules\":{\"/a\":{\"rule\":\"union\",\"by\":\"x\"}}}|by",
        "{\"deleteWins\":\"yes\"}|deleteWins"
      })
  void whatIsNoSettingIsRefusedByName(String given, String named) {
    StoreFailure refused =
        assertThrows(StoreFailure.class, () -> ConflictSettingsJson.parse(Bytes.utf8(given)));
    assertEquals(FailureCode.INVALID_REQUEST, refused.code());
    assertEquals(true, refused.getMessage().contains(named), refused.getMessage());
  }

  @Test
  void bodiesThatAreNotEverywhereAreNotMerged() {
    StoreFailure refused =
        assertThrows(
            StoreFailure.class,
            () ->
                CollectionSettingsJson.parse(
                    Bytes.utf8(
                        "{\"conflict\":{\"policy\":\"merge\"},\"placement\":{\"regions\":[\"eu\"]}}")));
    assertEquals(FailureCode.SETTING_UNSUPPORTED, refused.code());
  }
}
