package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.replication.Acknowledgements;
import dev.meridian.replication.Acknowledgements.Kind;
import java.util.List;
import java.util.Optional;

/** How a write will be confirmed. */
sealed interface DurabilityPlan {

  /**
   * By this region alone.
   *
   * @param why it is not what was asked for, if it is not
   */
  record Here(String got, Optional<String> why) implements DurabilityPlan {}

  /**
   * By others, too.
   *
   * @param waits all of them must come true
   * @param peers how many others must have it; those that hold it for one that is down count
   * @param among the other regions that have such documents
   * @param count how many regions have such documents, this one included
   * @param standIns hold it for some that are down
   */
  record Elsewhere(
      List<Acknowledgements.Reservation> waits,
      Kind kind,
      int peers,
      List<ReplicaId> among,
      int count,
      List<StandIn> standIns)
      implements DurabilityPlan {

    /** The write did not happen. */
    void giveUp() {
      waits.forEach(Acknowledgements.Reservation::close);
    }
  }

  /** A region without such documents that holds them for {@code owner}. */
  record StandIn(Region holder, ReplicaId owner) {}
}
