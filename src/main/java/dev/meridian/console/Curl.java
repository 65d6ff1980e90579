package dev.meridian.console;

import java.util.ArrayList;
import java.util.List;

/** A call of the API as one types it into a shell. */
final class Curl {

  /** A longer body is one's own file. */
  private static final int MAX_BODY = 2000;

  private final String method;
  private final String path;
  private final List<String> options = new ArrayList<>();

  /**
   * @param path below the API's root, with everything in it encoded
   */
  Curl(String method, String path) {
    this.method = method;
    this.path = path;
  }

  Curl header(String name, String value) {
    options.add("-H " + quoted(name + ": " + value));
    return this;
  }

  Curl body(String json) {
    return body("application/json", json);
  }

  Curl body(String type, String json) {
    header("Content-Type", type);
    options.add(
        json.isEmpty() || json.length() > MAX_BODY
            ? "--data @document.json"
            : "--data-raw " + quoted(json));
    return this;
  }

  /**
   * @param origin of the region that is called
   */
  String text(String origin) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "curl -i"
            + (method.equals("GET") ? "" : " -X " + method)
            + " "
            + quoted(origin + "/v1/" + path));
    lines.addAll(options);
    return String.join(" \\\n  ", lines);
  }

  /** Within single quotes a shell takes everything as it is but the quote itself. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
