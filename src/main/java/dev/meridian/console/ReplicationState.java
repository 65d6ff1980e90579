package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import java.util.Optional;

/**
 * What is looked at on the page of links, as its address says.
 *
 * @param link {@code from~to}; it may be one that does not exist
 */
record ReplicationState(Percentile percentile, Optional<String> link) {

  private static final String PATH = "replication";
  private static final String PERCENTILE = "percentile";
  private static final String LINK = "link";

  /** What no address says otherwise. */
  static final Percentile USUAL = Percentile.P99;

  static final ReplicationState START = new ReplicationState(USUAL, Optional.empty());

  static ReplicationState of(QueryParameters parameters) {
    return new ReplicationState(
        parameters.getSingleParameter(PERCENTILE).flatMap(Percentile::of).orElse(USUAL),
        parameters.getSingleParameter(LINK));
  }

  ReplicationState with(Percentile other) {
    return new ReplicationState(other, link);
  }

  ReplicationState with(Optional<String> other) {
    return new ReplicationState(percentile, other);
  }

  /** The address, below the console's root. */
  String path() {
    String query =
        (percentile == USUAL ? "" : "&" + PERCENTILE + "=" + percentile.key())
            + link.map(name -> "&" + LINK + "=" + Paths.segment(name)).orElse("");
    return query.isEmpty() ? PATH : PATH + "?" + query.substring(1);
  }
}
