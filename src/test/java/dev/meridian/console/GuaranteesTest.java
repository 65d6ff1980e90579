package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.clock.ReplicaId;
import dev.meridian.console.Links.Tone;
import dev.meridian.console.ReceiptText.Kind;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Receipt;
import dev.meridian.coordinator.SessionToken;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuaranteesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "level=eventual",
        "level=bounded&maxStaleness=500",
        "level=quorum&durability=remote-apply",
        "level=strong",
        "durability=none&onMiss=degrade",
      })
  void anAddressSaysWhatItSaid(String query) {
    assertEquals(query, Guarantees.of(QueryParameters.fromString(query)).query());
  }

  @Test
  void whatIsUsualIsLeftOut() {
    assertEquals(Guarantees.USUAL, Guarantees.of(QueryParameters.empty()));
    assertEquals(
        "",
        Guarantees.of(QueryParameters.fromString("level=session&durability=local&onMiss=fail"))
            .query());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"level=best", "level=bounded&maxStaleness=-1", "durability=x", "onMiss=maybe"})
  void whatMeansNothingIsRefused(String query) {
    QueryParameters parameters = QueryParameters.fromString(query);
    assertThrows(StoreFailure.CallerMistake.class, () -> Guarantees.of(parameters));
  }

  @Test
  void thePastAndTheGuaranteesStandInOneAddress() {
    DocumentPlace place =
        new DocumentPlace(
            new CollectionName("c"),
            new DocumentId("a/b"),
            Guarantees.of(QueryParameters.fromString("level=quorum")));
    assertEquals(
        "collections/c/docs/a%2Fb?asOf=2026-01-31T12:00:00.000Z&level=quorum",
        place.to(PastState.of(QueryParameters.fromString("asOf=2026-01-31T12:00:00Z"))));
    assertEquals("collections/c/docs/a%2Fb?level=quorum", place.to(new PastState.Nothing()));
  }

  @ParameterizedTest
  @CsvSource({"quorum, GOOD, as asked", "session, LATE, less than asked"})
  void aReceiptSaysWhetherItWasAsAsked(String got, Tone tone, String verdict) {
    ReceiptText text = ReceiptText.of(Kind.READ, answer("quorum", got), Optional.empty());
    assertEquals(tone, text.tone());
    assertEquals(verdict, text.verdict());
    assertTrue(text.sentence().startsWith("Read with level " + got + ", "), text.sentence());
  }

  @Test
  void anUnknownOutcomeIsNeitherDoneNorFailed() {
    ReceiptText text =
        ReceiptText.of(
            Kind.WRITE,
            answer("all", "local"),
            Optional.of(new StoreFailure.OutcomeUnknown("not confirmed", Map.of())));
    assertEquals("outcome unknown", text.verdict());
    assertTrue(
        text.sentence().startsWith("Written here, not confirmed elsewhere: because, 2 are needed."),
        text.sentence());
  }

  private static Answer answer(String asked, String got) {
    Receipt receipt =
        new Receipt(asked, got, "because", List.of(new ReplicaId("eu")), 1, 2, Receipt.Times.NONE);
    return new Answer(SessionToken.NONE, 0, 1, receipt);
  }

  @Test
  void aCallIsQuotedForTheShell() {
    assertEquals(
        """
        curl -i -X PUT 'http://h:1/v1/collections/c/docs/it%27s' \\
          -H 'If-Match: "1-eu"' \\
          -H 'Content-Type: application/json' \\
          --data-raw '{"it'\\''s":"$HOME"}'""",
        new Curl("PUT", "collections/c/docs/it%27s")
            .header("If-Match", "\"1-eu\"")
            .body("{\"it's\":\"$HOME\"}")
            .text("http://h:1"));
    assertTrue(
        new Curl("PUT", "x")
            .body("\"" + "x".repeat(5_000) + "\"")
            .text("")
            .endsWith("@document.json"));
  }
}
