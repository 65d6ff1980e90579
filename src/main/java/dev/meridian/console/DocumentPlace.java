package dev.meridian.console;

import com.vaadin.flow.router.QueryParameters;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A document's page, with the guarantees that are asked for on it. */
record DocumentPlace(CollectionName collection, DocumentId id, Guarantees guarantees) {

  /** Of the document, below the console's and the API's root alike. */
  String path() {
    return Paths.document(collection, id);
  }

  /** The address of some of the document's past. */
  String to(PastState state) {
    String query = query(state);
    return query.isEmpty() ? path() : path() + "?" + query;
  }

  /** The same for navigating there, which takes no address with a query in it. */
  QueryParameters parameters(PastState state) {
    String query = query(state);
    return query.isEmpty() ? QueryParameters.empty() : QueryParameters.fromString(query);
  }

  private String query(PastState state) {
    return Stream.of(state.query(), guarantees.query())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("&"));
  }

  boolean sameDocument(DocumentPlace other) {
    return collection.equals(other.collection) && id.equals(other.id);
  }

  /** Whether reading it asks for the same. */
  boolean readsAlike(DocumentPlace other) {
    return sameDocument(other)
        && guarantees.level().equals(other.guarantees.level())
        && guarantees.degrade() == other.guarantees.degrade();
  }
}
