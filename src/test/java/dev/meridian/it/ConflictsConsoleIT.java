package dev.meridian.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
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

/** Conflicts as an admin sees, decides and tries them. */
class ConflictsConsoleIT {

  @TempDir static Path directory;
  private static ThreeRegions cluster;
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private Page page;

  @BeforeAll
  static void start() {
    cluster = new ThreeRegions().start(directory);
    cluster.awaitUp();
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

  /** Documents that eu and us wrote without hearing of each other. */
  private static void collide(String collection, String settings, int count) throws IOException {
    cluster.put("eu", "/v1/collections/" + collection, "{\"conflict\":" + settings + "}");
    for (int i = 0; i < count; i++) {
      cluster.put(
          "eu",
          RegionProcess.doc(collection, "d" + i),
          "{\"name\":\"old\",\"qty\":1,\"kept\":true}");
    }
    cluster.awaitEqualVectors();
    for (String other : List.of("us", "ap")) {
      cluster.fault(other, "eu", "{\"drop\":true}");
    }
    for (int i = 0; i < count; i++) {
      String path = RegionProcess.doc(collection, "d" + i);
      cluster.put("eu", path, "{\"name\":\"Anna\",\"qty\":2,\"kept\":true}");
      cluster.put("us", path, "{\"name\":\"Bert\",\"qty\":5,\"kept\":true}");
    }
    cluster.heal();
    cluster.awaitUp();
    cluster.awaitEqualVectors();
  }

  private void show(String query) {
    page.navigate(cluster.region("eu").uri("/console/conflicts" + query).toString());
  }

  private Locator inbox() {
    return page.locator("div.inbox tbody tr");
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  private static JsonNode document(String region, String collection, String id) throws IOException {
    return ThreeRegions.JSON.readTree(
        cluster.region(region).get(RegionProcess.doc(collection, id)).body());
  }

  @Test
  void aPersonPicksPlaceByPlaceAndWritesTheResult() throws IOException {
    collide("picks", "{\"policy\":\"siblings\"}", 3);
    show("?collection=picks");
    assertThat(inbox()).hasCount(3);
    assertThat(page.locator("h1.headline")).containsText("for somebody to decide");
    page.locator("body").press("j");
    page.waitForURL(Pattern.compile(".*conflict=.*"));
    assertThat(page.locator(".detail-head h3")).hasText("d0 in picks");
    page.locator("body").press("j");
    assertThat(page.locator(".detail-head h3")).hasText("d1 in picks");
    page.locator("body").press("k");
    assertThat(page.locator(".detail-head h3")).hasText("d0 in picks");

    Locator rows = page.locator(".three-way tbody tr");
    assertThat(rows).hasCount(2);
    assertThat(rows.first().locator("td").first()).hasText("\"old\"");
    button("\"Anna\"").click();
    button("5").click();
    assertThat(page.locator("textarea")).hasValue(Pattern.compile("Anna[\\s\\S]*5"));
    button("Write this result").click();
    assertThat(inbox()).hasCount(2);
    cluster.awaitEqualVectors();
    assertEquals(
        "{\"name\":\"Anna\",\"qty\":5,\"kept\":true}", document("us", "picks", "d0").toString());

    page.navigate(cluster.region("eu").uri("/console/conflicts?collection=picks").toString());
    assertThat(inbox()).hasCount(2);
    page.locator("body").press("j");
    assertThat(page.locator(".detail-head h3")).hasText("d1 in picks");
    page.locator("body").press("2");
    button("Write this result").click();
    assertThat(inbox()).hasCount(1);
    page.locator("div.inbox tbody vaadin-checkbox").first().click();
    button("Resolve 1 conflict…").click();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Resolve").setExact(true))
        .click();
    assertThat(page.locator(".state.empty h2").first()).hasText("Nothing to decide");
  }

  @Test
  void anotherPolicyIsTriedAndMadeThePolicy() throws IOException {
    collide("trial", "{}", 2);
    show("?collection=trial&state=all");
    assertThat(inbox()).hasCount(2);
    assertThat(inbox().first()).containsText("by policy");
    button("Try another policy…").click();
    Locator rules = page.locator("vaadin-dialog textarea");
    rules.fill("{\"/qty\":\"sum-deltas\"}");
    rules.blur();
    button("Try it").click();
    assertThat(page.locator("vaadin-dialog .inbox p").first())
        .containsText("Of 2 conflicts: 0 the same, 2 different");
    button("Make this the policy…").click();
    page.getByLabel("Type trial to confirm").fill("trial");
    button("Make it the policy").click();
    assertThat(page.locator("vaadin-notification-card")).containsText("Policy of trial is merge");
    String settings = cluster.region("eu").get("/v1/collections/trial").body();
    assertTrue(settings.contains("\"policy\":\"merge\""), settings);
  }

  @Test
  void twoRegionsTypeIntoOneTextUnderAPartition() {
    page.navigate(cluster.region("eu").uri("/console/conflicts/text-demo").toString());
    Locator eu = page.getByLabel("The text in region eu");
    Locator us = page.getByLabel("The text in region us");
    eu.fill("Hello!");
    assertThat(us).hasValue("Hello!");
    button("Cut the link").click();
    assertThat(page.getByText("The link is cut")).isVisible();
    eu.fill("Hello EU!");
    us.fill("Hello US!");
    assertThat(page.getByText("1 change waits for the link.")).hasCount(2);
    assertThat(eu).hasValue("Hello EU!");
    button("Heal the link").click();
    assertThat(eu).hasValue(Pattern.compile("Hello (EU US|US EU)!"));
    assertThat(us).hasValue(eu.inputValue());
  }

  @Test
  void itFitsEveryScreen() throws IOException {
    collide("screens", "{\"policy\":\"siblings\"}", 2);
    Screens.each(
        BROWSER.chromium(),
        (tab, screen) -> {
          tab.navigate(
              cluster.region("eu").uri("/console/conflicts?collection=screens").toString());
          assertThat(tab.locator("div.inbox tbody tr")).hasCount(2);
          Screens.fits(tab, "conflicts-list-" + screen);
          tab.locator("div.inbox tbody a").first().click();
          assertThat(tab.locator(".three-way tbody tr")).hasCount(2);
          Screens.fits(tab, "conflicts-" + screen);
          tab.navigate(cluster.region("eu").uri("/console/conflicts/text-demo").toString());
          assertThat(tab.getByText("The link works")).isVisible();
          Screens.fits(tab, "text-demo-" + screen);
          tab.navigate(
              cluster
                  .region("eu")
                  .uri("/console/conflicts?state=resolved&collection=none")
                  .toString());
          assertThat(tab.locator(".state")).isVisible();
          Screens.fits(tab, "conflicts-none-" + screen);
        });
  }
}
