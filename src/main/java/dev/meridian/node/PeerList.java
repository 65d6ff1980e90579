package dev.meridian.node;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code us=http://host:port,ap=http://host:port}. */
final class PeerList {

  private PeerList() {}

  /** The regions named; an {@link IllegalArgumentException} says which part cannot be read. */
  static List<Region> parse(String text) {
    List<Region> peers = new ArrayList<>();
    for (String part : text.split(",")) {
      if (!part.isBlank()) {
        peers.add(region(part.strip()));
      }
    }
    return peers;
  }

  private static Region region(String part) {
    int equals = part.indexOf('=');
    if (equals < 0) {
      throw malformed(part, "a peer is <region>=<url>");
    }
    try {
      URI url = URI.create(part.substring(equals + 1).strip());
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (!http || url.getHost() == null) {
        throw malformed(part, "the url starts with http:// or https:// and names a host");
      }
      return new Region(new ReplicaId(part.substring(0, equals).strip()), url, 0, 0, "");
    } catch (IllegalArgumentException wrong) {
      throw malformed(part, wrong.getMessage());
    }
  }

  private static IllegalArgumentException malformed(String part, String why) {
    return new IllegalArgumentException("meridian.peers: '" + part + "': " + why);
  }
}
