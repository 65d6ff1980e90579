package dev.meridian.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.meridian.it.ConsoleBrowser.appears;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The console as a person meets it: a real browser, and two regions as processes. */
class ConsoleIT {

  private static final double PATIENCE_MILLIS = ConsoleBrowser.PATIENCE_MILLIS;

  /** In step or late: either way the headline says how much. */
  private static final Pattern LAG = Pattern.compile("p(50|95|99) | p99$");

  @TempDir static Path directory;

  private static RegionProcess eu;
  private static RegionProcess us;
  @RegisterExtension static final InBrowser BROWSER = new InBrowser();

  private Page page;

  @BeforeAll
  static void start() throws IOException {
    int euPort = RegionProcess.freePort();
    int usPort = RegionProcess.freePort();
    eu =
        region("eu", euPort, "us=http://127.0.0.1:" + usPort)
            .with("MERIDIAN_LABEL", "Frankfurt")
            .with("MERIDIAN_LAT", "50.11")
            .with("MERIDIAN_LON", "8.68");
    us =
        region("us", usPort, "eu=http://127.0.0.1:" + euPort)
            .with("MERIDIAN_LABEL", "Virginia")
            .with("MERIDIAN_LAT", "38.95")
            .with("MERIDIAN_LON", "-77.45");
    eu.launch();
    us.start();
    eu.awaitReady();
  }

  private static RegionProcess region(String name, int port, String peers) {
    return new RegionProcess(directory, port)
        .with("MERIDIAN_REGION", name)
        .with("MERIDIAN_PEERS", peers)
        .with("MERIDIAN_DATA_DIR", directory.resolve(name).toString());
  }

  @AfterAll
  static void stop() {
    if (eu != null) {
      eu.close();
      us.close();
    }
  }

  @BeforeEach
  void open() {
    page = BROWSER.page();
  }

  @Test
  void theRootLeadsToTheOverviewWhichIsLive() throws IOException {
    page.navigate(eu.uri("/").toString());
    assertEquals("/console", page.url().replaceAll("^http://[^/]+|/$", ""));
    // How fast the links are is the machine's affair; that they work is asserted.
    appears(heading("Both regions"));
    appears(page.locator("article.region-card").filter(having("Frankfurt")));
    appears(page.locator("article.region-card").filter(having("Virginia")));
    appears(page.locator("meridian-world path.land"));
    assertThat(page.locator("meridian-world .link")).hasCount(2);
    assertThat(page.locator("[aria-live=polite]").first()).containsText("Both regions");

    us.put(RegionProcess.doc("lively", "one"), "{\"n\":1}");
    appears(page.locator("h1").filter(new Locator.FilterOptions().setHasText(LAG)));
    us.kill9();
    appears(heading("us unreachable for"));
    eu.put(RegionProcess.doc("lively", "two"), "{\"n\":2}");
    appears(heading("1 change waits"));
    appears(page.locator("article.region-card").filter(having("Figures from")));
    us.start();
    appears(heading("Both regions"));
  }

  @Test
  void theApiAndTheHealthPagesAreNotTouched() throws IOException {
    assertEquals(404, eu.get("/v1/nothing").statusCode());
    assertEquals(404, eu.get("/elsewhere").statusCode());
    assertEquals(200, eu.get("/q/health/ready").statusCode());
  }

  @Test
  void aCollectionIsCreatedAndDroppedByName() {
    page.navigate(eu.uri("/console/collections").toString());
    button("New collection").first().click();
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("parcels");
    button("Create").click();
    appears(page.getByRole(AriaRole.LINK, link("parcels")));

    button("Drop collection parcels").click();
    Locator confirm = button("Drop parcels");
    assertThat(confirm).isDisabled();
    page.getByLabel("Type parcels to confirm").fill("parcels");
    confirm.click();
    assertThat(page.getByRole(AriaRole.LINK, link("parcels"))).hasCount(0, count());
    assertEquals(404, eu.status("GET", "/v1/collections/parcels"));
  }

  @Test
  void documentsComePageByPageAndByPrefix() throws IOException {
    bulk("cities", 250);
    page.navigate(eu.uri("/console/collections/cities").toString());
    appears(page.getByText("1 to 100 of 250"));
    appears(page.getByRole(AriaRole.LINK, link("city-000")));
    assertThat(page.getByRole(AriaRole.LINK, link("city-100"))).hasCount(0);
    button("Next 100").click();
    appears(page.getByText("101 to 200 of 250"));
    button("Next 100").click();
    appears(page.getByText("201 to 250 of 250"));
    assertThat(button("Next 100")).isDisabled();
    button("Previous 100").click();
    appears(page.getByText("101 to 200 of 250"));

    page.locator("body").press("/");
    page.keyboard().type("city-24");
    appears(page.getByText("1 to 10 of those found"));
    page.getByRole(AriaRole.LINK, link("city-249")).click();
    page.waitForURL(Pattern.compile(".*/console/collections/cities/docs/city-249$"));
    appears(page.getByText("Valid JSON"));
  }

  private static void bulk(String collection, int count) throws IOException {
    String lines =
        IntStream.range(0, count)
            .mapToObj(
                i -> "{\"op\":\"put\",\"id\":\"city-%03d\",\"doc\":{\"n\":%d}}\n".formatted(i, i))
            .collect(Collectors.joining());
    assertEquals(
        200, eu.send("POST", "/v1/collections/" + collection + "/bulk", lines).statusCode());
  }

  @Test
  void aDocumentIsEditedSavedAndDeleted() throws IOException {
    String path = RegionProcess.doc("drafts", "first");
    eu.put(path, "{\"price\":1.000000000000000000010}");
    page.navigate(eu.uri("/console/collections/drafts/docs/first").toString());
    appears(page.getByText("Valid JSON"));
    Locator editor = editor();
    assertEquals("{\n  \"price\": 1.000000000000000000010\n}", editor.inputValue());

    editor.fill("{\"price\": oops}");
    button("Save").click();
    appears(page.getByText("line 1"));
    assertTrue(eu.get(path).body().contains("1.000000000000000000010"));

    editor.fill("{\"price\": 2.50, \"tag\": [\"a\"]}");
    button("Save").click();
    appears(page.getByText("Saved as"));
    assertTrue(eu.get(path).body().contains("{\"price\":2.50,\"tag\":[\"a\"]}"));

    button("Delete").click();
    page.locator("vaadin-confirm-dialog").getByText("Delete", exact()).click();
    page.waitForURL(Pattern.compile(".*/console/collections/drafts$"));
    appears(page.getByText("No documents yet"));
    assertEquals(410, eu.status("GET", path));
  }

  @Test
  void aDocumentChangedMeanwhileIsNotOverwrittenUnasked() throws IOException {
    String path = RegionProcess.doc("notes", "shared");
    eu.put(path, "{\"by\":\"one\"}");
    page.navigate(eu.uri("/console/collections/notes/docs/shared").toString());
    appears(page.getByText("Valid JSON"));
    eu.put(path, "{\"by\":\"two\"}");
    editor().fill("{\"by\":\"me\"}");
    button("Save").click();
    appears(page.getByText("Somebody changed it"));
    assertTrue(eu.get(path).body().contains("two"));
    button("Load theirs").click();
    assertThat(editor()).hasValue("{\n  \"by\": \"two\"\n}", value());

    eu.put(path, "{\"by\":\"three\"}");
    editor().fill("{\"by\":\"me\"}");
    button("Save").click();
    button("Overwrite with mine").click();
    appears(page.getByText("Saved as"));
    assertTrue(eu.get(path).body().contains("{\"by\":\"me\"}"));
  }

  @Test
  void changesAloneLeaveWhatOthersChanged() throws IOException {
    String path = RegionProcess.doc("notes", "patched");
    eu.put(path, "{\"mine\":1.0,\"theirs\":\"one\",\"gone\":true}");
    page.navigate(eu.uri("/console/collections/notes/docs/patched").toString());
    appears(page.getByText("Valid JSON"));
    eu.put(path, "{\"mine\":1.0,\"theirs\":\"two\",\"gone\":true}");
    editor().fill("{\"mine\":2.50,\"theirs\":\"one\"}");
    button("Save changes only").click();
    appears(page.getByText("Saved as"));
    assertEquals("{\"mine\":2.50,\"theirs\":\"two\"}", eu.get(path).body());
    assertThat(editor()).hasValue("{\n  \"mine\": 2.50,\n  \"theirs\": \"two\"\n}", value());
    page.locator(".receipt[aria-label='Receipt of the write']")
        .getByText("Show as API call")
        .click();
    appears(page.getByText("application/merge-patch+json"));

    editor().fill("{\"mine\":null,\"theirs\":\"two\"}");
    button("Save changes only").click();
    appears(page.getByText("cannot make a member null"));
    assertEquals("{\"mine\":2.50,\"theirs\":\"two\"}", eu.get(path).body());
  }

  @Test
  void anyIdHasADeepLink() throws IOException {
    for (String id : List.of("a/b", "a%2Fb", "über x?#&+", "a//b/", "50%", "a..;b=c")) {
      eu.put(RegionProcess.doc("odd", id), "{\"ok\":true}");
      page.navigate(eu.uri("/console" + RegionProcess.doc("odd", id).substring(3)).toString());
      appears(page.getByText("Valid JSON"));
      assertEquals(id, page.locator("h1").innerText());
      assertFalse(page.getByText("no document with this id").isVisible(), id);

      page.navigate(eu.uri("/console/collections/odd").toString());
      page.getByRole(AriaRole.LINK, link(id)).click();
      appears(page.getByText("Valid JSON"));
      assertEquals(id, page.locator("h1").innerText());
    }
  }

  @Test
  void aNewDocumentIsCreatedFromTheGrid() throws IOException {
    eu.put("/v1/collections/fresh", "{}");
    page.navigate(eu.uri("/console/collections/fresh").toString());
    appears(page.getByText("No documents yet"));
    button("New document").click();
    page.getByLabel("Id", new Page.GetByLabelOptions().setExact(true)).fill("x/y z");
    button("Continue").click();
    appears(page.getByText("There is no document with this id"));
    editor().fill("{\"made\":\"here\"}");
    button("Create").click();
    appears(page.getByText("Created as"));
    assertEquals(200, eu.status("GET", RegionProcess.doc("fresh", "x/y z")));
  }

  @Test
  void theChosenSchemeIsRemembered() {
    page.navigate(eu.uri("/console").toString());
    page.locator(".scheme").click();
    page.getByRole(AriaRole.OPTION).filter(having("Dark")).click();
    page.waitForFunction("document.documentElement.style.colorScheme === 'dark'");
    page.reload();
    page.waitForFunction("document.documentElement.style.colorScheme === 'dark'");
  }

  private Locator editor() {
    return page.locator("vaadin-text-area textarea");
  }

  private Locator heading(String part) {
    return page.locator("h1").filter(having(part));
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page.GetByRoleOptions link(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Locator.FilterOptions having(String part) {
    return new Locator.FilterOptions().setHasText(part);
  }

  private static Locator.GetByTextOptions exact() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  private static LocatorAssertions.HasCountOptions count() {
    return new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE_MILLIS);
  }

  private static LocatorAssertions.HasValueOptions value() {
    return new LocatorAssertions.HasValueOptions().setTimeout(PATIENCE_MILLIS);
  }
}
