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
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The disk side and the past of documents, as a person looks at them. */
class HistoryConsoleIT {

  @TempDir static Path directory;

  private static RegionProcess region;
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private static final Pattern TABLE_NAME = Pattern.compile("^0*[1-9][0-9]*$");

  private Page page;

  @BeforeAll
  static void start() {
    region =
        new RegionProcess(directory, RegionProcess.freePort())
            .with("MERIDIAN_DATA_DIR", directory.resolve("data").toString())
            .start();
  }

  @AfterAll
  static void stop() {
    if (region != null) {
      region.close();
    }
  }

  @BeforeEach
  void open() {
    page = BROWSER.page();
  }

  @Test
  void theStoragePageIsLiveAndVerifies() throws IOException {
    page.navigate(region.uri("/console").toString());
    page.locator("vaadin-side-nav-item[path='storage']").click();
    page.waitForURL(Pattern.compile(".*/console/storage$"));
    appears(page.locator("h1"));
    appears(page.getByText("No tables yet"));
    for (String card : List.of("Log", "Memtable", "Merging", "Cache", "Disk", "Verification")) {
      appears(page.locator(".card h2").getByText(card, exactly()));
    }
    page.getByText("As a table").click();
    appears(page.locator(".histogram table").getByText("Share"));

    Locator forces = page.locator("dt:text-is('Forces') + dd");
    String before = forces.innerText();
    region.put(RegionProcess.doc("live", "one"), "{}");
    assertThat(forces)
        .not()
        .hasText(
            before,
            new LocatorAssertions.HasTextOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS));

    button("Verify now").click();
    appears(page.getByText("all intact"));
  }

  @Test
  void theVersionsAreListedReadComparedAndRestored() throws IOException {
    String path = RegionProcess.doc("tales", "a/b");
    region.put(path, "{\"n\":1,\"same\":true}");
    region.put(path, "{\"n\":2,\"same\":true}");
    region.send("DELETE", path, "");
    region.put(path, "{\"n\":3,\"same\":true}");
    openDocument("");
    assertThat(versions()).hasCount(4);
    appears(versions().nth(1).getByText("deleted"));

    editor().fill("{\"mine\":true}");
    versions().nth(3).locator("a").click();
    page.waitForURL(Pattern.compile(".*\\?version=[^&]*$"));
    assertThat(panel().locator("pre.past")).containsText("\"n\": 1");
    assertThat(editor()).hasValue("{\"mine\":true}");

    versions().nth(0).locator("vaadin-checkbox").click();
    versions().nth(3).locator("vaadin-checkbox").click();
    button("Compare the two").click();
    page.waitForURL(Pattern.compile(".*\\?compare=.*(~|%7E).*"));
    appears(panel().locator("del"));
    assertThat(panel().locator("del")).containsText("\"n\": 1");
    assertThat(panel().locator("ins")).containsText("\"n\": 3");
    page.reload();
    assertThat(panel().locator("ins")).containsText("\"n\": 3");

    versions().nth(3).locator("a").click();
    button("Restore this version").click();
    appears(page.getByText("is written as a new version"));
    page.locator("vaadin-confirm-dialog").getByText("Restore", exactly()).last().click();
    appears(page.getByText("Restored as"));
    assertEquals("{\"n\":1,\"same\":true}", region.get(path).body());
    assertThat(versions())
        .hasCount(
            5, new LocatorAssertions.HasCountOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS));
    panel().getByText("Close").click();
    assertThat(page.getByLabel("Timeline")).hasValue("4");
  }

  @Test
  void theTimelineIsWalkedWithTheKeyboard() throws IOException {
    String path = RegionProcess.doc("walks", "one");
    region.put(path, "{\"n\":1}");
    String first = version(path);
    region.put(path, "{\"n\":2}");
    region.put(path, "{\"n\":3}");
    page.navigate(region.uri("/console/collections/walks/docs/one").toString());
    Locator line = page.getByLabel("Timeline");
    assertThat(line).hasAttribute("aria-valuetext", Pattern.compile("3 of 3, .*"));
    line.focus();
    line.press("ArrowLeft");
    assertThat(panel().locator("pre.past")).containsText("\"n\": 2");
    assertThat(line).hasAttribute("aria-valuetext", Pattern.compile("2 of 3, .*"));
    assertThat(page.locator(".versions li.shown")).hasCount(1);
    line.press("Home");
    assertThat(panel().locator("pre.past")).containsText("\"n\": 1");
    page.waitForURL(Pattern.compile(".*\\?version=" + first + "$"));
    page.reload();
    assertThat(page.getByLabel("Timeline")).hasValue("0");
    versions().nth(0).locator("a").click();
    assertThat(page.getByLabel("Timeline")).hasValue("2");
    page.navigate(
        region.uri("/console/collections/walks/docs/one?asOf=2001-01-01T00:00:00Z").toString());
    assertThat(page.getByLabel("Timeline")).hasAttribute("aria-valuetext", "before these 3");
  }

  @Test
  void storageWithTablesAndTheHistoryFitEveryScreen() throws IOException {
    try (RegionProcess stocked =
        new RegionProcess(directory, RegionProcess.freePort())
            .with("MERIDIAN_DATA_DIR", directory.resolve("stocked").toString())
            .with("MERIDIAN_MEMTABLE_BYTES", "262144")
            .start()) {
      fitEveryScreen(stocked);
    }
  }

  private static void fitEveryScreen(RegionProcess stocked) throws IOException {
    String pad = "x".repeat(8_000);
    for (int i = 0; i < 120; i++) {
      stocked.put(RegionProcess.doc("stock", "item-" + i), "{\"pad\":\"" + pad + i + "\"}");
    }
    String path = RegionProcess.doc("stock", "told");
    stocked.put(
        path, "{\"n\":1,\"name\":\"a long enough value to reach the edge of a telephone\"}");
    String first = version(stocked, path);
    stocked.put(path, "{\"n\":2}");
    Screens.each(
        BROWSER.chromium(),
        (page, screen) -> {
          page.navigate(stocked.uri("/console/storage").toString());
          appears(page.locator("vaadin-grid-cell-content").getByText(TABLE_NAME));
          Screens.fits(page, "storage-" + screen);
          page.locator("vaadin-grid").scrollIntoViewIfNeeded();
          Screens.fits(page, "tables-" + screen);
          String told = "/console/collections/stock/docs/told";
          page.navigate(stocked.uri(told + "?version=" + first).toString());
          appears(page.locator(".past-panel pre.past"));
          Screens.fits(page, "history-" + screen);
          page.navigate(stocked.uri(told + "?asOf=2001-01-01T00:00:00Z").toString());
          appears(page.locator(".past-panel .state h2"));
          Screens.fits(page, "expired-" + screen);
        });
  }

  @Test
  void aDocumentIsShownAsItWas() throws IOException {
    String path = RegionProcess.doc("tales", "a/b");
    region.put(path, "{\"n\":1}");
    openDocument("?asOf=2100-01-01T00:00:00Z");
    appears(panel().getByText("As it was at"));
    page.getByLabel("As of").fill("2001-01-01 12:00:00.123 UTC");
    button("Show").click();
    page.waitForURL(Pattern.compile(".*\\?asOf=2001-01-01T12(:|%3A)00(:|%3A)00.123Z$"));
    assertThat(panel().locator(".state h2"))
        .containsText(Pattern.compile("Not there yet|No longer known"));
    page.getByLabel("As of").fill("yesterday");
    button("Show").click();
    appears(page.getByText("A time such as"));
    openDocument("?version=nonsense");
    appears(page.getByText("The address is not clear"));
  }

  @Test
  void whatIsNotKeptAnyMoreIsSaidSo() throws IOException {
    assertEquals(
        201,
        region
            .send(
                "PUT",
                "/v1/collections/tales2",
                "{\"history\":{\"keepVersions\":1,\"keepFor\":\"P7D\"}}")
            .statusCode());
    String path = RegionProcess.doc("tales2", "a/b");
    region.put(path, "{\"n\":1}");
    String first = version(path);
    region.put(path, "{\"n\":2}");
    page.navigate(
        region.uri("/console/collections/tales2/docs/a%2Fb?asOf=2020-01-01T00:00:00Z").toString());
    assertThat(panel().locator(".state h2")).containsText("No longer known");
    assertThat(panel()).containsText("history");
    page.navigate(region.uri("/console/collections/tales2/docs/a%2Fb?version=" + first).toString());
    assertThat(panel().locator(".state h2")).containsText("This version is not here");
  }

  @Test
  void aRestoreIsRefusedWhenSomebodyWroteInBetween() throws IOException {
    String path = RegionProcess.doc("tales3", "a/b");
    region.put(path, "{\"n\":1}");
    String first = version(path);
    region.put(path, "{\"n\":2}");
    page.navigate(region.uri("/console/collections/tales3/docs/a%2Fb?version=" + first).toString());
    button("Restore this version").click();
    appears(page.getByText("is written as a new version"));
    region.put(path, "{\"n\":3}");
    page.locator("vaadin-confirm-dialog").getByText("Restore", exactly()).last().click();
    appears(page.getByText("Not restored: somebody changed"));
    assertEquals("{\"n\":3}", region.get(path).body());
  }

  private static String version(String path) throws IOException {
    return version(region, path);
  }

  private static String version(RegionProcess of, String path) throws IOException {
    return of.get(path).headers().firstValue("Meridian-Version").orElseThrow();
  }

  private void openDocument(String query) {
    page.navigate(region.uri("/console/collections/tales/docs/a%2Fb" + query).toString());
    appears(page.getByText("Valid JSON"));
  }

  private Locator versions() {
    return page.locator(".versions li");
  }

  private Locator panel() {
    return page.locator(".past-panel");
  }

  private Locator editor() {
    return page.locator("vaadin-text-area textarea");
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator.GetByTextOptions exactly() {
    return new Locator.GetByTextOptions().setExact(true);
  }
}
