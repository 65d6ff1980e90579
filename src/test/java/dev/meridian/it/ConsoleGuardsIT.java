package dev.meridian.it;

import static dev.meridian.it.ConsoleBrowser.appears;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the console does not let through: the API's limits hold in it, and what was not seen. */
class ConsoleGuardsIT {

  private static final double PATIENCE_MILLIS = ConsoleBrowser.PATIENCE_MILLIS;

  @TempDir static Path directory;

  private static RegionProcess region;
  private static ConsoleBrowser chromium;
  private static Page page;

  @BeforeAll
  static void start() {
    region =
        new RegionProcess(directory, RegionProcess.freePort())
            .with("MERIDIAN_DATA_DIR", directory.resolve("data").toString())
            .with("MERIDIAN_DOCUMENT_MAX_BYTES", "2048")
            .start();
    chromium = ConsoleBrowser.launch();
    page = chromium.browser().newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (region != null) {
      region.close();
    }
  }

  @Test
  void overwritingReplacesOnlyWhatTheDialogShowed() throws IOException {
    String path = RegionProcess.doc("notes", "n");
    region.put(path, "{\"by\":\"one\"}");
    open("notes", "n");
    region.put(path, "{\"by\":\"two\"}");
    editor().fill("{\"by\":\"me\"}");
    button("Save").click();
    appears(page.getByText("Somebody changed it"));

    region.put(path, "{\"by\":\"three\"}");
    button("Overwrite with mine").click();
    appears(page.getByText("Somebody changed it"));
    assertEquals("{\"by\":\"three\"}", region.get(path).body());

    button("Overwrite with mine").click();
    appears(page.getByText("Saved as"));
    assertEquals("{\"by\":\"me\"}", region.get(path).body());
  }

  @Test
  void aDocumentOverTheConfiguredSizeIsNotSaved() throws IOException {
    String path = RegionProcess.doc("notes", "large");
    region.put(path, "{}");
    open("notes", "large");
    editor().fill("{\"text\":\"" + "x".repeat(3000) + "\"}");
    button("Save").click();
    appears(page.getByText("at most 2048 bytes"));
    assertEquals("{}", region.get(path).body());
  }

  /** Vaadin would read it whole, whoever sends it. */
  @Test
  void aRequestLargerThanAnyDocumentIsRefusedBeforeItIsRead() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), region.port())) {
      socket.setSoTimeout((int) PATIENCE_MILLIS);
      OutputStream out = socket.getOutputStream();
      String head =
          "POST /console/?v-r=uidl HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Content-Length: 68719476736\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      byte[] answer = socket.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 413", new String(answer, StandardCharsets.US_ASCII));
    }
  }

  private static void open(String collection, String id) {
    page.navigate(
        region.uri("/console" + RegionProcess.doc(collection, id).substring(3)).toString());
    appears(page.getByText("Valid JSON"));
  }

  private static Locator editor() {
    return page.locator("vaadin-text-area textarea");
  }

  private static Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }
}
