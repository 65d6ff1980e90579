package dev.meridian.console;

import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Addresses within the console and of the API, with ids encoded as one path segment. */
final class Paths {

  static final String COLLECTIONS = "collections";

  private static final String DOCS = "/docs/";
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Paths() {}

  static String collection(CollectionName collection) {
    return COLLECTIONS + "/" + collection;
  }

  static String document(CollectionName collection, DocumentId id) {
    return collection(collection) + DOCS + segment(id.value());
  }

  /**
   * The id in a console address, which is still encoded; text that is not encoded correctly stands
   * for itself, so that a hand-typed {@code %} is found too.
   *
   * @param location below {@code /console/}
   */
  static String idOf(String location) {
    int start = location.indexOf(DOCS);
    return start < 0 ? "" : decoded(location.substring(start + DOCS.length()));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }

  /**
   * A page of another region's console.
   *
   * @param region the region's own address, as it is set up here
   * @param path below the console's root
   */
  static String console(String region, String path) {
    return region.replaceAll("/+$", "") + "/console/" + path;
  }

  /** RFC 3986: everything but unreserved characters as {@code %XX} of its UTF-8. */
  static String segment(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append('%').append(String.format("%02X", b));
      }
    }
    return out.toString();
  }
}
