package dev.meridian.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.meridian.it.ConsoleBrowser.appears;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of reads and writes of a document, what was given, and where a version got to. */
class GuaranteesConsoleIT {

  @TempDir static Path directory;
  private static ThreeRegions cluster;
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private Page page;

  @BeforeAll
  static void start() {
    cluster = new ThreeRegions().start(directory);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void open() {
    awaitUp();
    page = BROWSER.page();
  }

  @AfterEach
  void heal() {
    for (String peer : List.of("us", "ap")) {
      cluster.region("eu").status("DELETE", "/v1/chaos/links/" + peer);
    }
  }

  private static void awaitUp() {
    Await.until(
        "eu takes the others for up",
        Duration.ofSeconds(30),
        () ->
            ThreeRegions.JSON
                    .readTree(cluster.region("eu").get("/v1/cluster").body())
                    .path("regions")
                    .findValuesAsText("state")
                    .stream()
                    .filter("up"::equals)
                    .count()
                == 3);
  }

  @Test
  void aReadSaysWhatWasAskedWhatWasGivenAndWhy() throws IOException {
    String path = RegionProcess.doc("levels", "a b");
    cluster.region("eu").put(path, "{\"n\":1}");
    cluster.awaitSame(path, ThreeRegions.NAMES);
    open("levels/docs/a%20b", "");
    assertThat(receipt("read")).containsText("Read with level session, as asked: ");
    assertThat(fact("read", "Charge")).hasText("1 request unit");

    choose("Read at level", "quorum");
    page.waitForURL(Pattern.compile(".*/docs/a%20b\\?level=quorum$"));
    assertThat(receipt("read")).containsText("Read with level quorum, as asked: ", patiently());
    assertThat(fact("read", "Agreed")).hasText("2 of 2 needed");
    assertThat(fact("read", "Regions")).hasText(Pattern.compile("eu, (us|ap)"));
    assertThat(fact("read", "Charge")).hasText("2 request units");
    assertThat(receipt("read").locator("pre"))
        .hasText(
            Pattern.compile(
                "curl -i '"
                    + cluster.region("eu").uri("/v1/collections/levels/docs/a%20b")
                    + "' .*-H 'Meridian-Consistency: quorum'.*",
                Pattern.DOTALL));
    page.reload();
    assertThat(receipt("read")).containsText("Read with level quorum");

    choose("Read at level", "bounded");
    page.waitForURL(Pattern.compile(".*\\?level=bounded&maxStaleness=5000$"));
    page.getByLabel("At most, ms").fill("60000");
    page.getByLabel("At most, ms").press("Enter");
    page.waitForURL(Pattern.compile(".*\\?level=bounded&maxStaleness=60000$"));
    assertThat(fact("read", "Asked")).hasText("bounded;max-staleness=60000", exactly());
    page.goBack();
    assertThat(page.getByLabel("At most, ms")).hasValue("5000");
    page.goBack();
    assertThat(fact("read", "Asked")).hasText("quorum", exactly());
  }

  @Test
  void strongIsThereToSeeAndNotToChoose() throws IOException {
    cluster.region("eu").put(RegionProcess.doc("levels", "s"), "{}");
    open("levels/docs/s", "");
    page.getByLabel("Read at level").click();
    Locator strong =
        page.getByRole(AriaRole.OPTION)
            .filter(new Locator.FilterOptions().setHasText("strong (not offered: every region"));
    assertThat(strong).hasAttribute("aria-disabled", "true");
    // Whoever asks for it by address is told by the store itself.
    page.navigate(console("levels/docs/s", "?level=strong"));
    appears(page.getByText("do not offer 'strong' reads"));
    assertThat(receipt("read")).containsText("failed");
    choose("Read at level", "eventual");
    page.waitForURL(Pattern.compile(".*\\?level=eventual$"));
    assertThat(receipt("read")).containsText("Read with level eventual, as asked");
    page.navigate(console("levels/docs/s", "?level=best"));
    appears(page.getByText("'level' in this address is eventual, session"));
    page.getByText("Open the document with the usual guarantees").click();
    assertThat(receipt("read")).containsText("Read with level session");
  }

  @Test
  void choosingALevelLeavesWhatIsBeingWritten() throws IOException {
    cluster.region("eu").put(RegionProcess.doc("levels", "kept"), "{\"n\":1}");
    open("levels/docs/kept", "");
    editor().fill("{\"mine\":true}");
    assertThat(page.locator(".check")).containsText("13 B");
    choose("Read at level", "eventual");
    assertThat(receipt("read")).containsText("Your text that is not saved was kept");
    assertThat(editor()).hasValue("{\"mine\":true}");
    // What is chosen stays while the past is looked at.
    page.locator(".versions li a").first().click();
    page.waitForURL(Pattern.compile(".*\\?version=[^&]*&level=eventual$"));
    assertThat(editor()).hasValue("{\"mine\":true}");
    page.locator(".past-panel").getByText("Close").click();
    page.waitForURL(Pattern.compile(".*/kept\\?level=eventual$"));
  }

  @Test
  void aWriteHasAReceiptAndItsJourneyIsShown() throws IOException {
    open("ways/docs/new", "?durability=all");
    appears(page.getByText("There is no document with this id"));
    editor().fill("{\"it's\": 1}");
    button("Create").click();
    assertThat(receipt("write"))
        .containsText("Written with durability all, as asked: 3 of 3 regions", patiently());
    assertThat(fact("write", "Hold it")).hasText("3 of 3 needed");
    assertThat(fact("write", "Regions")).hasText(Pattern.compile("eu, (us, ap|ap, us)"));
    assertThat(fact("write", "Charge")).hasText("20 request units");
    assertThat(receipt("write").locator("pre"))
        .hasText(
            Pattern.compile(
                "curl -i -X PUT .*-H 'Meridian-Durability: all'.*-H 'If-None-Match: \\*'"
                    + ".*--data-raw '\\{\"it'\\\\''s\":1}'",
                Pattern.DOTALL));
    assertThat(journey())
        .containsText("The newest version is visible in all 3 regions, the last of them after");
    assertThat(journey().locator("tbody tr")).hasCount(1);
    assertThat(journey().locator("thead th"))
        .hasText(new String[] {"Version", "eu, this region", "us", "ap"});
    assertThat(journey().locator("tbody td"))
        .hasText(
            new Pattern[] {
              Pattern.compile("written, after \\d+ ms"),
              Pattern.compile("after \\d+ m?s"),
              Pattern.compile("after \\d+ m?s")
            });
    // The session of the page goes with the next read, in the call that does the same, too.
    assertThat(receipt("read").locator("pre")).containsText("Meridian-Session: ");
  }

  @Test
  void aWriteThatNobodyConfirmsIsShownAsWhatItIs() throws IOException {
    String path = RegionProcess.doc("lonely", "one");
    cluster.region("eu").put(path, "{\"n\":1}");
    cluster.awaitSame(path, ThreeRegions.NAMES);
    open("lonely/docs/one", "?durability=quorum");
    // The others are heard of, so that they are known to be up; but nothing gets there.
    for (String peer : List.of("us", "ap")) {
      fault(peer, "{\"drop\":true,\"direction\":\"out\"}");
    }
    editor().fill("{\"n\":2}");
    button("Save").click();
    assertThat(receipt("write"))
        .containsText("Written here, not confirmed elsewhere: 1 of 3 regions", patiently());
    assertThat(receipt("write").locator(".badge")).hasText("outcome unknown");
    assertThat(fact("write", "Asked")).hasText("quorum");
    assertThat(fact("write", "Got")).hasText("local");
    assertThat(fact("write", "Hold it")).hasText("1 of 2 needed");
    appears(page.locator("vaadin-notification-card").getByText("not confirmed elsewhere"));
    assertEquals("{\"n\":2}", cluster.region("eu").get(path).body());
    assertThat(journey()).containsText("visible in 1 of 3 regions", patiently());
    Screens.fits(page, "unknown-light");
    Locator newest = journey().locator("tbody tr").first().locator("td");
    assertThat(newest.nth(1)).hasText(Pattern.compile("not yet|did not answer"));
    for (String peer : List.of("us", "ap")) {
      cluster.region("eu").status("DELETE", "/v1/chaos/links/" + peer);
    }
    // Nobody has to ask again for it to be seen.
    assertThat(journey()).containsText("visible in all 3 regions", patiently());
  }

  @Test
  void whoDeletesIsToldWhatConfirmedIt() throws IOException {
    String path = RegionProcess.doc("gone", "one");
    cluster.region("eu").put(path, "{\"n\":1}");
    cluster.awaitSame(path, ThreeRegions.NAMES);
    open("gone/docs/one", "?durability=all");
    button("Delete").click();
    page.locator("vaadin-confirm-dialog").getByText("Delete").last().click();
    appears(
        page.locator("vaadin-notification-card")
            .getByText("Document one deleted. Written with durability all, as asked"));
    for (String region : ThreeRegions.NAMES) {
      assertEquals(410, cluster.region(region).get(path).statusCode(), region);
    }
  }

  @Test
  void whoTakesLessIsToldWhatItIs() throws IOException {
    String path = RegionProcess.doc("less", "one");
    cluster.region("eu").put(path, "{\"n\":1}");
    for (String peer : List.of("us", "ap")) {
      fault(peer, "{\"drop\":true}");
    }
    open("less/docs/one", "?level=quorum");
    assertThat(receipt("read")).containsText("failed", patiently());
    assertThat(page.locator(".content")).containsText("This could not be shown");
    page.getByLabel("Take less rather than fail").check();
    page.waitForURL(Pattern.compile(".*\\?level=quorum&onMiss=degrade$"));
    assertThat(receipt("read"))
        .containsText("less than the quorum that was asked for", patiently());
    assertThat(receipt("read").locator(".badge")).hasText("less than asked");
    assertThat(editor()).hasValue("{\n  \"n\": 1\n}");
  }

  @Test
  void theExplorerFitsEveryScreen() throws IOException {
    String path = RegionProcess.doc("wide", "one");
    for (int i = 0; i < 3; i++) {
      cluster.region("us").put(path, "{\"n\":" + i + ",\"title\":\"some words to read\"}");
    }
    cluster.awaitSame(path, ThreeRegions.NAMES);
    Screens.each(
        BROWSER.chromium(),
        (page, screen) -> {
          page.setViewportSize(page.viewportSize().width, 2400);
          page.navigate(
              console("wide/docs/one", "?level=bounded&maxStaleness=60000&durability=all"));
          appears(page.locator(".receipt[aria-label='Receipt of the read'] dd"));
          page.getByText("Save", new Page.GetByTextOptions().setExact(true)).click();
          appears(page.locator(".receipt[aria-label='Receipt of the write'] dd"));
          appears(page.locator(".journey td"));
          page.locator(".receipts .api-call summary").last().click();
          Screens.fits(page, "explorer-" + screen);
        });
  }

  private static void fault(String peer, String body) throws IOException {
    assertEquals(200, cluster.region("eu").put("/v1/chaos/links/" + peer, body).statusCode());
  }

  private static String console(String document, String query) {
    return cluster.region("eu").uri("/console/collections/" + document + query).toString();
  }

  private void open(String document, String query) {
    page.navigate(console(document, query));
    appears(page.locator(".receipt"));
  }

  private void choose(String label, String option) {
    page.getByLabel(label).click();
    page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName(option).setExact(true))
        .click();
  }

  private Locator receipt(String of) {
    return page.getByLabel("Receipt of the " + of);
  }

  private Locator fact(String of, String name) {
    return receipt(of).locator("dt:text-is('" + name + "') + dd");
  }

  private Locator journey() {
    return page.locator(".journey");
  }

  private Locator editor() {
    return page.locator("vaadin-text-area textarea");
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static LocatorAssertions.ContainsTextOptions patiently() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS);
  }

  private static LocatorAssertions.HasTextOptions exactly() {
    return new LocatorAssertions.HasTextOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS);
  }
}
