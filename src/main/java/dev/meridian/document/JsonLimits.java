package dev.meridian.document;

/**
 * Bounds of a document's JSON.
 *
 * @param maxBytes of the document without insignificant white space
 * @param maxDepth of nesting; the document itself is 1
 */
public record JsonLimits(int maxBytes, int maxDepth) {

  public static final JsonLimits DEFAULTS = new JsonLimits(1 << 20, 64);
}
