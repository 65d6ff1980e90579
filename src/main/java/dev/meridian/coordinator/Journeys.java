package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.cluster.Region;
import dev.meridian.coordinator.Journey.State;
import dev.meridian.document.StoredDocument;
import dev.meridian.replication.Replication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks every region when it made versions visible. Thread-safe. */
final class Journeys {

  /** The most versions asked about at once. */
  static final int MAX_VERSIONS = 100;

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final Replicas replicas;
  private final ReplicaClient peers;
  private final Sightings sightings;

  Journeys(Replicas replicas, ReplicaClient peers, Sightings sightings) {
    this.replicas = replicas;
    this.peers = peers;
    this.sightings = sightings;
  }

  /** What one region said, by its own clock. */
  private record Said(ReplicaId region, List<Long> times, boolean reached) {}

  CompletionStage<List<Journey>> of(List<StoredDocument> versions, Duration timeout) {
    List<Dot> dots = versions.stream().map(each -> each.change().dot()).toList();
    List<Long> here = dots.stream().map(sightings::at).toList();
    CompletionStage<List<Said>> all =
        CompletableFuture.completedFuture(List.of(new Said(replicas.self(), here, true)));
    Duration limit = timeout.compareTo(TIMEOUT) < 0 ? timeout : TIMEOUT;
    for (Region peer : replicas.all().peers()) {
      all =
          all.thenCombine(
              ask(peer, dots, limit),
              (before, said) -> {
                List<Said> more = new ArrayList<>(before);
                more.add(said);
                return more;
              });
    }
    return all.thenApply(said -> together(versions, said));
  }

  private CompletionStage<Said> ask(Region peer, List<Dot> dots, Duration timeout) {
    return peers
        .ask(peer, new ReplicaQuestion.Seen(dots), timeout)
        .handle(
            (answer, failure) ->
                answer instanceof ReplicaAnswer.Times(List<Long> times)
                        && times.size() == dots.size()
                    ? new Said(peer.id(), times, true)
                    : new Said(peer.id(), List.of(), false));
  }

  private List<Journey> together(List<StoredDocument> versions, List<Said> said) {
    List<Journey> journeys = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      List<Journey.Visit> visits = new ArrayList<>();
      for (Said region : said) {
        visits.add(visit(versions.get(i), region, i));
      }
      journeys.add(new Journey(versions.get(i), List.copyOf(visits)));
    }
    return journeys;
  }

  private Journey.Visit visit(StoredDocument version, Said said, int index) {
    if (!said.reached()) {
      return new Journey.Visit(said.region(), State.UNREACHABLE, 0, 0);
    }
    long at = said.times().get(index);
    if (at == Sightings.NOT_YET || at < 0) {
      State state = at == Sightings.NOT_YET ? State.NOT_YET : State.FORGOTTEN;
      return new Journey.Visit(said.region(), state, 0, 0);
    }
    Replication replication = replicas.replication();
    long made =
        version.version().hlc().millis()
            - replication.clockOffsetMillis(version.version().origin());
    long ours = at - replication.clockOffsetMillis(said.region());
    return new Journey.Visit(said.region(), State.VISIBLE, ours, Math.max(0, ours - made));
  }
}
