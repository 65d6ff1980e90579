package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which two hash trees are looked at side by side, as the address of the page says. */
record RepairState(Optional<String> peer, Optional<CollectionName> collection) {

  static final String PATH = "repair";

  private static final String PEER = "peer";
  private static final String COLLECTION = "collection";

  /** What is no name of a collection is left out. */
  static RepairState of(QueryParameters parameters) {
    return new RepairState(
        parameters.getSingleParameter(PEER),
        parameters.getSingleParameter(COLLECTION).flatMap(RepairState::name));
  }

  private static Optional<CollectionName> name(String text) {
    try {
      return Optional.of(new CollectionName(text));
    } catch (StoreFailure none) {
      return Optional.empty();
    }
  }

  QueryParameters parameters() {
    Map<String, String> query = new LinkedHashMap<>();
    peer.ifPresent(name -> query.put(PEER, name));
    collection.ifPresent(name -> query.put(COLLECTION, name.value()));
    return QueryParameters.simple(query);
  }
}
