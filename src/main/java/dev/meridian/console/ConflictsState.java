package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.coordinator.ConflictKey;
import dev.meridian.coordinator.Conflicts;
import dev.meridian.document.CollectionName;
import dev.meridian.document.StoreFailure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which conflicts are looked at, as the address of the page says.
 *
 * @param collection empty for all
 * @param state empty for all
 * @param after where the page before ended
 * @param chosen the one that is looked at closely
 */
record ConflictsState(
    Optional<CollectionName> collection,
    Optional<Conflicts.State> state,
    Optional<ConflictKey> after,
    Optional<ConflictKey> chosen) {

  static final String PATH = "conflicts";

  private static final String COLLECTION = "collection";
  private static final String STATE = "state";
  private static final String AFTER = "after";
  private static final String CHOSEN = "conflict";
  private static final String ALL = "all";

  /** What is asked for by the bare address: those that wait for somebody. */
  static final ConflictsState OPEN =
      new ConflictsState(
          Optional.empty(), Optional.of(Conflicts.State.OPEN), Optional.empty(), Optional.empty());

  /** What an address means nothing by is left out. */
  static ConflictsState of(QueryParameters parameters) {
    return new ConflictsState(
        parameters.getSingleParameter(COLLECTION).flatMap(ConflictsState::collection),
        parameters.getSingleParameter(STATE).map(ConflictsState::state).orElse(OPEN.state()),
        parameters.getSingleParameter(AFTER).flatMap(ConflictKey::parse),
        parameters.getSingleParameter(CHOSEN).flatMap(ConflictKey::parse));
  }

  private static Optional<CollectionName> collection(String name) {
    try {
      return Optional.of(new CollectionName(name));
    } catch (StoreFailure | IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static Optional<Conflicts.State> state(String text) {
    return Arrays.stream(Conflicts.State.values())
        .filter(each -> each.text().equals(text))
        .findFirst();
  }

  ConflictsState of(Optional<CollectionName> other) {
    return new ConflictsState(other, state, Optional.empty(), Optional.empty());
  }

  ConflictsState in(Optional<Conflicts.State> other) {
    return new ConflictsState(collection, other, Optional.empty(), Optional.empty());
  }

  ConflictsState from(Optional<ConflictKey> key) {
    return new ConflictsState(collection, state, key, Optional.empty());
  }

  ConflictsState choosing(Optional<ConflictKey> key) {
    return new ConflictsState(collection, state, after, key);
  }

  /** Whether the list is the same. */
  boolean listsLike(ConflictsState other) {
    return choosing(Optional.empty()).equals(other.choosing(Optional.empty()));
  }

  QueryParameters parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    collection.ifPresent(name -> parameters.put(COLLECTION, name.value()));
    if (!state.equals(OPEN.state())) {
      parameters.put(STATE, state.map(Conflicts.State::text).orElse(ALL));
    }
    after.ifPresent(key -> parameters.put(AFTER, key.text()));
    chosen.ifPresent(key -> parameters.put(CHOSEN, key.text()));
    return QueryParameters.simple(parameters);
  }

  /** The page's address below the console's root. */
  String address() {
    String query = parameters().getQueryString();
    return query.isEmpty() ? PATH : PATH + "?" + query;
  }

  Conflicts.Filter filter(int limit) {
    return new Conflicts.Filter(collection, state, Optional.empty(), limit, after);
  }
}
