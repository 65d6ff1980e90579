package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import java.net.URI;

/**
 * A region as its operators set it up.
 *
 * @param url where its API and its peer endpoints answer
 * @param lat degrees north, −90 to 90
 * @param lon degrees east, −180 to 180
 * @param label a place name for people, or empty
 */
public record Region(ReplicaId id, URI url, double lat, double lon, String label) {

  /** The most characters of a label. */
  public static final int MAX_LABEL = 64;

  public Region {
    if (!(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180)) {
      throw new IllegalArgumentException("no place on earth: lat=" + lat + " lon=" + lon);
    }
    if (label.length() > MAX_LABEL) {
      throw new IllegalArgumentException("a label has at most " + MAX_LABEL + " characters");
    }
  }
}
