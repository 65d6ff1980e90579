package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.StoreFailure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Collections: what there is, how it is set up. Non-blocking; stages fail with StoreFailure. */
public interface Collections {

  /** All collections, by name. */
  List<CollectionInfo> list();

  Optional<CollectionInfo> find(CollectionName name);

  /**
   * Creates a collection or changes its settings, in every region.
   *
   * @param settings JSON as in the contract, section 6, checked and compacted; missing fields take
   *     their defaults
   */
  CompletionStage<Configured> configure(CollectionName name, Bytes settings, WriteOptions options);

  /** Drops a collection and all its documents, in every region. */
  CompletionStage<Dropped> drop(CollectionName name, WriteOptions options);

  /**
   * @param created false when it existed and its settings were changed
   * @param unconfirmed as of a document's write
   */
  record Configured(
      boolean created,
      CollectionInfo collection,
      Answer answer,
      Optional<StoreFailure> unconfirmed) {}

  /**
   * @param unconfirmed as of a document's write
   */
  record Dropped(Answer answer, Optional<StoreFailure> unconfirmed) {}

  /**
   * @param settingsJson the settings in full, as in the contract, section 6
   * @param count live documents
   * @param bytes of their bodies
   * @param conflictsOpen that wait for a client to decide, about a second old
   * @param createdAtMillis wall time of its first change
   */
  record CollectionInfo(
      CollectionName name,
      CollectionSettings settings,
      Bytes settingsJson,
      long count,
      long bytes,
      long conflictsOpen,
      long createdAtMillis) {}
}
