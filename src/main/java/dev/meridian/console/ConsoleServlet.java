package dev.meridian.console;

import com.vaadin.quarkus.QuarkusVaadinServlet;
import jakarta.servlet.annotation.WebServlet;

/**
 * Serves the console below {@code /console} and nowhere else: by default it would take every path
 * and answer 200 with a page where the API has nothing.
 */
@WebServlet(urlPatterns = "/console/*", asyncSupported = true, loadOnStartup = 1)
public class ConsoleServlet extends QuarkusVaadinServlet {

  private static final long serialVersionUID = 1L;
}
