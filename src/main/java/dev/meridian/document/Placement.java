package dev.meridian.document;

import dev.meridian.clock.ReplicaId;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The regions that hold the body of a version. It is decided where the version is made and travels
 * with it, so all regions agree on it whatever settings they know. The others hold all of the
 * version but its body.
 *
 * @param regions sorted, each once, at most 16; none stands for every region
 */
public record Placement(List<ReplicaId> regions) {

  public static final int MAX_REGIONS = 16;

  public static final Placement EVERYWHERE = new Placement(List.of());

  public Placement {
    regions = regions.stream().distinct().sorted().toList();
    if (regions.size() > MAX_REGIONS) {
      throw new IllegalArgumentException("more than " + MAX_REGIONS + " regions");
    }
  }

  /** A placement in these regions, of which there is at least one. */
  public static Placement in(Collection<ReplicaId> regions) {
    if (regions.isEmpty()) {
      throw new IllegalArgumentException("a placement names at least one region");
    }
    return new Placement(List.copyOf(regions));
  }

  public boolean isEverywhere() {
    return regions.isEmpty();
  }

  /** Whether a region holds the body. */
  public boolean holds(ReplicaId region) {
    return regions.isEmpty() || regions.contains(region);
  }

  @Override
  public String toString() {
    return isEverywhere()
        ? "every region"
        : regions.stream().map(ReplicaId::value).collect(Collectors.joining(", "));
  }
}
