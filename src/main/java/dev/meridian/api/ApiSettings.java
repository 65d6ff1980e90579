package dev.meridian.api;

import dev.meridian.document.JsonLimits;

/**
 * What the API says of its node, and what it lets in.
 *
 * @param region the region that answers
 * @param version of this release
 * @param json bounds of a document
 */
public record ApiSettings(String region, String version, JsonLimits json) {}
