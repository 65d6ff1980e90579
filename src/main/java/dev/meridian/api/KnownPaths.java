package dev.meridian.api;

import java.util.Map;
import java.util.regex.Pattern;

/** Which paths there are, and which methods they take, for {@code 405} and its {@code Allow}. */
final class KnownPaths {

  private static final String COLLECTION = "/v1/collections/[^/]+";

  private static final Map<Pattern, String> PATHS =
      Map.ofEntries(
          Map.entry(Pattern.compile("/v1/?"), "GET"),
          Map.entry(Pattern.compile("/v1/cluster/?"), "GET"),
          Map.entry(Pattern.compile("/v1/cluster/links/[^/]+"), "PUT"),
          Map.entry(Pattern.compile("/v1/cluster/repair/?"), "GET, POST, DELETE"),
          Map.entry(Pattern.compile("/v1/cluster/repair/trees/?"), "GET"),
          Map.entry(Pattern.compile("/v1/cluster/validate/?"), "GET, POST"),
          Map.entry(Pattern.compile("/v1/collections/?"), "GET"),
          Map.entry(Pattern.compile(COLLECTION + "/?"), "GET, PUT, DELETE"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/?"), "GET, POST"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/[^/]+"), "GET, HEAD, PUT, PATCH, DELETE"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/[^/]+/versions/?"), "GET"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/[^/]+/versions/[^/]+"), "GET"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/[^/]+/journey/?"), "GET"),
          Map.entry(Pattern.compile(COLLECTION + "/docs/[^/]+/conflicts/?"), "GET"),
          Map.entry(Pattern.compile("/v1/conflicts/?"), "GET"),
          Map.entry(Pattern.compile("/v1/conflicts/[^/]+/resolve/?"), "POST"),
          Map.entry(Pattern.compile("/v1/conflicts/(resolve|dry-run)/?"), "POST"),
          Map.entry(Pattern.compile(COLLECTION + "/diff/?"), "GET"),
          Map.entry(Pattern.compile(COLLECTION + "/bulk/?"), "POST"),
          Map.entry(Pattern.compile("/v1/chaos/clock/?"), "PUT, DELETE"),
          Map.entry(Pattern.compile("/v1/chaos/damage/?"), "POST"),
          Map.entry(Pattern.compile("/v1/chaos/links/[^/]+"), "PUT, DELETE"));

  private static final Pattern CONSOLE = Pattern.compile("/|/(console|aura|q)(/.*)?");

  private KnownPaths() {}

  /** The console and its theme, and what operates the node; the root leads to the console. */
  static boolean belongToConsole(String path) {
    return CONSOLE.matcher(path).matches();
  }

  /** The value of {@code Allow}; empty when there is nothing at the path. */
  static String allowed(String path) {
    return PATHS.entrySet().stream()
        .filter(known -> known.getKey().matcher(path).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }
}
