package dev.meridian.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Damage, proof and repair as an admin does and sees them. */
class RepairConsoleIT {

  private static final LocatorAssertions.ContainsTextOptions SLOWLY =
      new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

  @RegisterExtension static final ThreeRegions cluster = new ThreeRegions();
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  private static void fill(String collection, int documents) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      lines.append("{\"op\":\"put\",\"id\":\"d").append(i).append("\",\"doc\":{\"n\":");
      lines.append(i).append("}}\n");
    }
    assertEquals(
        200,
        cluster
            .region("eu")
            .send("POST", "/v1/collections/" + collection + "/bulk", lines.toString())
            .statusCode());
    cluster.awaitEqualVectors();
  }

  private static String address(String query) {
    return cluster.region("us").uri("/console/repair" + query).toString();
  }

  @Test
  void damageIsDoneSeenProvedAndMended() throws IOException {
    fill("drilled", 500);
    Page page = BROWSER.page();
    page.navigate(address("?peer=eu&collection=drilled"));
    assertThat(page.locator("section.trees [role=status]"))
        .containsText("500 documents here and 500 in eu: the trees are the same now", SLOWLY);

    Locator drill =
        page.locator("article.card")
            .filter(new Locator.FilterOptions().setHasText("Corruption drill"));
    drill.locator("vaadin-select").first().click();
    page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName("drilled")).click();
    drill.locator("vaadin-text-field input").fill("7");
    button(page, "Damage…").click();
    page.getByLabel("Type drilled to confirm").fill("drilled");
    button(page, "Lose documents").click();
    assertThat(page.locator("vaadin-notification-card"))
        .containsText("7 documents of drilled lost in this region", SLOWLY);

    button(page, "Prove now").click();
    assertThat(page.locator("h1.headline"))
        .containsText("7 documents are not the same in all regions", SLOWLY);
    button(page, "Repair now").click();
    assertThat(page.locator("h1.headline")).containsText("7 versions were put back", SLOWLY);
    assertThat(page.locator(".repairs tbody tr")).hasCount(2);
    assertThat(page.locator(".repairs tbody")).containsText("the console");
    button(page, "Prove now").click();
    assertThat(page.locator("h1.headline"))
        .containsText("All 3 regions hold the same data", SLOWLY);
    assertEquals(cluster.content("eu", "drilled"), cluster.content("us", "drilled"));

    Download download = page.waitForDownload(() -> page.getByText("Download the report").click());
    String report = Files.readString(download.path());
    assertTrue(report.contains("\"identical\":true"), report);
    assertTrue(Pattern.compile("\"signature\":\"[0-9a-f]{64}\"}$").matcher(report).find(), report);
  }

  @Test
  void whatDiffersIsShownDownToTheDocument() throws IOException {
    fill("apart", 300);
    for (String peer : new String[] {"eu", "ap"}) {
      cluster.pause("us", peer, true);
    }
    for (int i = 0; i < 3; i++) {
      cluster.put("eu", RegionProcess.doc("apart", "late" + i), "{}");
    }
    Screens.each(
        BROWSER.chromium(),
        (page, screen) -> {
          page.navigate(address("?peer=eu&collection=apart"));
          assertThat(page.locator("section.trees [role=status]"))
              .containsText("300 documents here, 303 in eu", SLOWLY);
          assertThat(
                  page.locator("section.trees a")
                      .filter(new Locator.FilterOptions().setHasText("late")))
              .hasCount(3);
          Screens.fits(page, "repair-" + screen);
        });
    Page page = BROWSER.page();
    page.navigate(address("?peer=eu&collection=apart"));
    page.getByText("late1").click();
    page.waitForURL(Pattern.compile(".*/console/collections/apart/docs/late1"));
  }

  @Test
  void aPeerThatDoesNotAnswerIsToldOf() throws IOException {
    fill("cut", 10);
    cluster.fault("us", "ap", "{\"drop\":true}");
    Page page = BROWSER.page();
    page.navigate(address("?peer=ap&collection=cut"));
    assertThat(page.locator("section.trees [role=status]"))
        .containsText("Region ap cannot be compared with", SLOWLY);
  }
}
