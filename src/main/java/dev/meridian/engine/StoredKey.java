package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;

/**
 * What versions are of: a document, or the settings of a collection.
 *
 * @param id of the document; for settings the collection's name
 */
public record StoredKey(boolean isSettings, CollectionName collection, DocumentId id) {

  public static StoredKey document(CollectionName collection, DocumentId id) {
    return new StoredKey(false, collection, id);
  }

  public static StoredKey settings(CollectionName collection) {
    return new StoredKey(true, collection, new DocumentId(collection.value()));
  }

  /** What a change is about. */
  public static StoredKey of(Change change) {
    boolean isSettings = TableKey.space(change.kind()) == TableKey.SETTINGS;
    return new StoredKey(isSettings, change.collection(), change.id());
  }

  DocumentPrefix prefix() {
    return new DocumentPrefix(isSettings ? TableKey.SETTINGS : TableKey.DOCUMENTS, collection, id);
  }
}
