package dev.meridian.document;

import dev.meridian.clock.VersionId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client sends back to say "if unchanged": the version of a document, or those of all its
 * siblings. Text form: version ids joined by {@code ~}, highest first. HTTP renders it as an ETag.
 */
public record Revision(List<VersionId> versions) {

  public Revision {
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a revision names at least one version");
    }
    versions = versions.stream().sorted(Comparator.reverseOrder()).toList();
  }

  public Revision(VersionId version) {
    this(List.of(version));
  }

  /** Reads the text form; anything else is an {@link IllegalArgumentException}. */
  public static Revision parse(String text) {
    return new Revision(Stream.of(text.split("~", -1)).map(VersionId::parse).toList());
  }

  @Override
  public String toString() {
    return versions.stream().map(VersionId::toString).collect(Collectors.joining("~"));
  }
}
