package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.vaadin.flow.router.QueryParameters;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PastStateTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version=01a20a899b980000-eu",
        "compare=01a20a899b6b0000-eu~01a20a899b980000-us",
        "asOf=2026-01-31T12:00:00.123Z"
      })
  void anAddressSaysWhatItSaid(String query) {
    assertEquals(query, PastState.of(QueryParameters.fromString(query)).query());
  }

  @Test
  void theOlderOfTwoComesFirst() {
    assertEquals(
        "compare=01a20a899b6b0000-eu~01a20a899b980000-us",
        PastState.of(QueryParameters.fromString("compare=01a20a899b980000-us~01a20a899b6b0000-eu"))
            .query());
  }

  @ParameterizedTest
  @ValueSource(strings = {"version=x", "compare=01a20a899b980000-eu", "asOf=soon", "compare=a~b~c"})
  void anUnclearAddressIsNamedSo(String query) {
    assertInstanceOf(PastState.Unclear.class, PastState.of(QueryParameters.fromString(query)));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
    "2026-01-31T12:00:00.5+02:00, 2026-01-31T10:00:00.5Z",
    "2026-01-31 12:00, 2026-01-31T11:00:00Z",
    "2026-01-31, 2026-01-30T23:00:00Z",
    "2026-01-31 12:00:00.123 UTC, 2026-01-31T12:00:00.123Z",
    "2026-07-31 12:00:00.123 Europe/Berlin, 2026-07-31T10:00:00.123Z",
  })
  void aTimeIsReadAsTheConsoleShowsIt(String written, String meant) {
    assertEquals(
        OptionalLong.of(Instant.parse(meant).toEpochMilli()), Moments.parse(written, BERLIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "2026-13-01", "2026-01-31 25:00", "1969-01-01", "12:00 XYZ"})
  void whatIsNoTimeIsNone(String written) {
    assertEquals(OptionalLong.empty(), Moments.parse(written, ZoneOffset.UTC));
  }
}
