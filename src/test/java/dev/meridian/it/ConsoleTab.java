package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A fresh visitor's page of the console, in which nothing may go wrong. */
final class ConsoleTab implements AutoCloseable {

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final BrowserContext context;
  private final Page page;

  ConsoleTab(ConsoleBrowser chromium) {
    this(chromium, new Browser.NewContextOptions());
  }

  ConsoleTab(ConsoleBrowser chromium, Browser.NewContextOptions options) {
    context = chromium.browser().newContext(options);
    context.setDefaultTimeout(ConsoleBrowser.PATIENCE_MILLIS);
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
  }

  Page page() {
    return page;
  }

  /** Fails if the browser had anything to complain of. */
  @Override
  public void close() {
    context.close();
    assertEquals(List.of(), complaints);
  }
}
