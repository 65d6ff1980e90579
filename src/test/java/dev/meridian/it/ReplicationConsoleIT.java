package dev.meridian.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.meridian.it.ConsoleBrowser.appears;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.meridian.coordinator.ClusterStatus.LinkStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The matrix of links, as a person walks through it. */
class ReplicationConsoleIT {

  /** The matrix scrolls by itself; what was chosen is not behind its edge or its heads. */
  private static final String CHOSEN_IS_IN_SIGHT =
      """
      () => {
        const cell = document.querySelector('.matrix td.chosen').getBoundingClientRect();
        const frame = document.querySelector('.matrix').getBoundingClientRect();
        const head = document.querySelector('.matrix .corner').getBoundingClientRect();
        return cell.left >= head.right - 1 && cell.right <= frame.right + 1
            && cell.top >= head.bottom - 1 && cell.bottom <= frame.bottom + 1;
      }""";

  @TempDir static Path directory;
  private static ThreeRegions cluster;
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private Page page;

  @BeforeAll
  static void start() throws IOException {
    cluster = new ThreeRegions().start(directory);
    cluster.region("us").put(RegionProcess.doc("moves", "first"), "{}");
    cluster.awaitSame(RegionProcess.doc("moves", "first"), ThreeRegions.NAMES);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void open() {
    page = BROWSER.page();
  }

  @Test
  void everyPairHasACellAndTheAddressHoldsWhatWasChosen() throws IOException {
    open(cluster.region("eu"), "");
    assertThat(page.locator(".matrix td > a:first-child")).hasCount(6);
    assertThat(page.locator(".matrix td.same")).hasCount(3);
    // A cell stands in the row of the region that sends and the column of the one that measures.
    appears(page.getByText("No region keeps changes for another one."));
    assertThat(page.locator(".matrix tbody tr").nth(2).locator("th")).containsText("us");
    assertThat(page.locator(".matrix thead th").nth(2)).containsText("eu");
    Locator inPlace = page.locator(".matrix tbody tr").nth(2).locator("td").nth(1).locator("a");
    assertThat(inPlace.first()).hasAttribute("aria-label", Pattern.compile("^us to eu: .*"));
    assertThat(page.locator(".matrix thead th").nth(2)).containsText("measured here");
    assertThat(page.locator(".matrix thead th").nth(1)).containsText("as it says");

    cell("us to eu").click();
    page.waitForURL(Pattern.compile(".*/console/replication\\?link=us~eu$"));
    assertThat(panel().locator("h3")).hasText("us→eu");
    assertThat(cell("us to eu")).hasAttribute("aria-current", "true");
    page.getByRole(AriaRole.NAVIGATION, named("Percentile of the lag")).getByText("p50").click();
    page.waitForURL(Pattern.compile(".*\\?percentile=p50&link=us~eu$"));
    assertThat(page.locator(".matrix caption")).containsText("at p50");
    assertThat(panel().locator(".lag-table tr.chosen th")).hasText("p50");

    page.reload();
    assertThat(panel().locator("h3")).hasText("us→eu");
    assertThat(page.locator(".matrix caption")).containsText("at p50");
    page.goBack();
    assertThat(page.locator(".matrix caption")).containsText("at p99");
    assertThat(panel().locator("h3")).hasText("us→eu");
    page.goBack();
    assertThat(panel()).isHidden();
  }

  @Test
  void theChoiceStaysWhileFiguresChange() throws IOException {
    open(cluster.region("eu"), "?link=us~eu");
    Locator received = panel().locator("dt:text-is('Received') + dd");
    String before = received.innerText();
    page.getByText("As a table").click();
    cell("us to ap").focus();
    for (int i = 0; i < 40; i++) {
      cluster.region("us").put(RegionProcess.doc("moves", "id" + i), "{\"n\":" + i + "}");
    }
    assertThat(received).not().hasText(before, patiently());
    assertThat(panel().locator("h3")).hasText("us→eu");
    assertThat(cell("us to ap")).isFocused();
    appears(panel().locator(".histogram table th").getByText("Changes"));
    assertThat(panel().locator("dt:text-is('Bandwidth') + dd")).containsText("/s");
    page.keyboard().press("Enter");
    page.waitForURL(Pattern.compile(".*\\?link=us~ap$"));
    assertThat(panel().locator("h3")).hasText("us→ap");
  }

  @Test
  void aLinkIsPausedWhereItEndsAndOnlyThere() {
    open(cluster.region("eu"), "?link=ap~eu");
    for (String verb : List.of("Pause", "Resume")) {
      button(verb).click();
      page.locator("vaadin-confirm-dialog").getByText(verb + " link").last().click();
      if (verb.equals("Pause")) {
        assertThat(cell("ap to eu").locator(".value")).hasText("paused");
        assertThat(panel().locator("dl")).containsText(Pattern.compile("Paused since\\s*20"));
      }
    }
    appears(button("Pause"));
    cell("eu to us").click();
    assertThat(panel().locator("h3")).hasText("eu→us");
    assertThat(button("Pause")).hasCount(0);
    panel().getByText("Open it in us").click();
    page.waitForURL(cluster.region("us").uri("/console/replication?link=eu~us").toString());
    appears(button("Pause"));
  }

  @Test
  void aLinkThatThereIsNotIsSaidSo() {
    open(cluster.region("eu"), "?link=mars~%3Cb%3Eeu&percentile=p42");
    assertThat(panel().locator("h3")).hasText("No link mars→<b>eu");
    assertThat(page.locator(".matrix caption")).containsText("at p99");
    panel().getByText("Close").click();
    page.waitForURL(Pattern.compile(".*/console/replication$"));
    assertThat(panel()).isHidden();
  }

  @Test
  void oneRegionHasNoMatrix() throws IOException {
    try (RegionProcess alone =
        new RegionProcess(directory, RegionProcess.freePort())
            .with("MERIDIAN_DATA_DIR", directory.resolve("alone").toString())
            .start()) {
      Screens.each(
          BROWSER.chromium(),
          (page, screen) -> {
            page.navigate(alone.uri("/console/replication").toString());
            appears(page.getByText("One region, no links"));
            assertThat(page.locator(".matrix")).isHidden();
            Screens.fits(page, "replication-1-" + screen);
          });
    }
  }

  @Test
  void threeRegionsFitEveryScreen() throws IOException {
    Screens.each(
        BROWSER.chromium(),
        (page, screen) -> {
          page.setViewportSize(page.viewportSize().width, 1600);
          page.navigate(cluster.region("eu").uri("/console/replication").toString());
          appears(page.locator(".matrix .value"));
          Screens.fits(page, "replication-3-" + screen);
          page.locator(".matrix td > a:first-child").last().click();
          appears(page.locator(".link-panel .lag-table"));
          Screens.fits(page, "replication-3-link-" + screen);
        });
  }

  @Test
  void sixteenRegionsShowWhatIsToldAndSayWhatIsNot() throws IOException {
    List<String> all = IntStream.range(0, 16).mapToObj("r%02d"::formatted).toList();
    try (ToldRegions told = new ToldRegions(all, all.subList(1, 15), ReplicationConsoleIT::told);
        RegionProcess hub = hub(told, "r15=http://127.0.0.1:" + RegionProcess.freePort())) {
      open(hub, "?percentile=p95");
      assertThat(page.locator(".matrix td > a:first-child")).hasCount(16 * 15);
      shows("r01 to r02", "good", "p95 18 ms, within 100 ms, 0 pending");
      shows("r01 to r03", "late", "p95 540 ms, over 100 ms, 0 pending");
      shows("r01 to r04", "late", "p95 paused, 18 ms, within 100 ms, 1,200 pending, 363 KiB");
      shows("r01 to r05", "bad", "p95 down, 18 ms, within 100 ms, 7 pending, 2.1 KiB");
      shows("r01 to r15", "idle", "not known here, r15 never answered");
      assertThat(page.locator(".hints tbody td"))
          .hasText(new String[] {"r02", "r05", "1,200", "363 KiB", "2026-01-31 11:00:00.000 UTC"});
      appears(page.getByText("Not known of r15."));
      // What counts is the objective of the percentile that is looked at.
      page.locator(".choices").getByText("p99.9").click();
      shows("r01 to r03", "good", "p99.9 1.2 s, within 2 s, 0 pending");
      assertThat(page.locator(".choices a").nth(1)).containsText("15 over");
      Screens.each(
          BROWSER.chromium(),
          (page, screen) -> {
            page.navigate(hub.uri("/console/replication?percentile=p95&link=r13~r12").toString());
            appears(page.locator(".link-panel .lag-table"));
            page.waitForFunction(CHOSEN_IS_IN_SIGHT);
            Screens.fits(page, "replication-16-" + screen);
          });
    }
  }

  @Test
  void whatARegionSaidLastIsShownWithItsAgeAndWhereToAsk() throws IOException {
    List<String> all = List.of("r00", "r01", "r02", "r03");
    try (ToldRegions told = new ToldRegions(all, all.subList(1, 3), ReplicationConsoleIT::told);
        RegionProcess hub = hub(told, "r03=http://127.0.0.1:" + RegionProcess.freePort())) {
      open(hub, "");
      shows("r01 to r02", "good", "p99 20 ms, within 500 ms, 0 pending");
      hub.put(RegionProcess.doc("waits", "one"), "{}");
      told.silence("r02");
      assertThat(td("r01 to r02")).hasAttribute("data-tone", "idle", attribute());
      assertThat(cell("r01 to r02"))
          .hasAttribute("aria-label", Pattern.compile("r01 to r02: p99 20 ms, said .* ago, .*"));
      // What waits for it is known here, first hand.
      assertThat(cell("r00 to r02"))
          .hasAttribute(
              "aria-label",
              Pattern.compile("r00 to r02: p99 20 ms, said .* ago, [1-9]\\d* pending"),
              attribute());
      assertThat(td("r01 to r02").locator(".elsewhere-link"))
          .hasAttribute("href", told.url("r02") + "/console/replication?link=r01~r02");
      cell("r01 to r03").click();
      assertThat(panel()).containsText("r03 has told nothing of this link");
      assertThat(panel().locator(".lag-table")).isHidden();
      appears(panel().getByText("Ask r03"));
      Screens.each(
          BROWSER.chromium(),
          (page, screen) -> {
            page.setViewportSize(page.viewportSize().width, 1600);
            page.navigate(hub.uri("/console/replication?link=r00~r01").toString());
            appears(page.locator(".link-panel .lag-table"));
            Screens.fits(page, "replication-4-" + screen);
          });
    }
  }

  private static RegionProcess hub(ToldRegions told, String further) {
    return new RegionProcess(directory, RegionProcess.freePort())
        .with("MERIDIAN_REGION", "r00")
        .with("MERIDIAN_PEERS", told.setting() + "," + further)
        .with("MERIDIAN_DATA_DIR", directory.resolve("hub-" + further.hashCode()).toString())
        .start();
  }

  /** All kinds of links, by the region at their end. */
  private static LinkStatus told(String from, String to) {
    return switch (to) {
      case "r03" -> ToldRegions.streaming(from, to, 600);
      case "r04" -> ToldRegions.link(from, to, "paused", 1_200, "an operator paused it", 20);
      case "r05" -> ToldRegions.link(from, to, "down", 7, "connection refused", 20);
      default -> ToldRegions.streaming(from, to, 20);
    };
  }

  private void shows(String pair, String tone, String figures) {
    assertThat(cell(pair)).hasAttribute("aria-label", pair + ": " + figures, attribute());
    assertThat(td(pair)).hasAttribute("data-tone", tone, attribute());
  }

  private void open(RegionProcess region, String query) {
    page.navigate(region.uri("/console/replication" + query).toString());
    appears(page.locator(".matrix .value"));
  }

  private Locator cell(String pair) {
    return page.locator(".matrix a[aria-label^='" + pair + ":']");
  }

  private Locator td(String pair) {
    return page.locator(".matrix td:has(a[aria-label^='" + pair + ":'])");
  }

  private Locator panel() {
    return page.locator(".link-panel");
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static LocatorAssertions.HasTextOptions patiently() {
    return new LocatorAssertions.HasTextOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS);
  }

  private static LocatorAssertions.HasAttributeOptions attribute() {
    return new LocatorAssertions.HasAttributeOptions().setTimeout(ConsoleBrowser.PATIENCE_MILLIS);
  }
}
