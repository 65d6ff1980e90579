package dev.meridian.it;

import com.microsoft.playwright.Page;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One browser for the tests of a class, and a fresh visitor's tab for each. */
final class InBrowser
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private ConsoleBrowser chromium;
  private ConsoleTab tab;

  @Override
  public void beforeAll(ExtensionContext context) {
    chromium = ConsoleBrowser.launch();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    tab = new ConsoleTab(chromium);
  }

  /** Fails if the browser had anything to complain of. */
  @Override
  public void afterEach(ExtensionContext context) {
    tab.close();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    chromium.close();
  }

  ConsoleBrowser chromium() {
    return chromium;
  }

  Page page() {
    return tab.page();
  }
}
