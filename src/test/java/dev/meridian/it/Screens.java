package dev.meridian.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Every kind of screen that the console must fit: wide and narrow, light and dark. */
final class Screens {

  private Screens() {}

  /** Looks at something on one screen. */
  interface Look {

    /**
     * @param screen its name, such as {@code dark-390}
     */
    void at(Page page, String screen) throws IOException;
  }

  static void each(ConsoleBrowser chromium, Look look) throws IOException {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1440, 390)) {
        Browser.NewContextOptions options =
            new Browser.NewContextOptions().setColorScheme(scheme).setViewportSize(width, 900);
        try (ConsoleTab tab = new ConsoleTab(chromium, options)) {
          look.at(tab.page(), scheme.name().toLowerCase(Locale.ROOT) + "-" + width);
        }
      }
    }
  }

  /**
   * Nothing is beyond the edge but what scrolls by itself; the picture is kept for whoever wants to
   * see.
   */
  static void fits(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target", "screens", name + ".png"))
            .setFullPage(true));
    assertEquals(
        List.of(),
        page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('main *')]"
                + ".filter(e => !e.closest('vaadin-grid, svg'))"
                + ".filter(e => {"
                + "  for (let p = e.parentElement; p && p.localName !== 'main'; p = p.parentElement) {"
                + "    if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return false;"
                + "  }"
                + "  return e === document.documentElement"
                + "    ? e.scrollWidth > window.innerWidth"
                + "    : e.getBoundingClientRect().right > window.innerWidth + 0.5;"
                + "}).map(e => e.localName + '.' + e.className + ' ' + e.innerText)"),
        name);
  }
}
