package dev.meridian.repair;

import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.engine.CollectionState;
import dev.meridian.engine.CopyStore;
import dev.meridian.engine.StoredKey;
import java.util.List;

/** What all collections of a region hash to. */
final class Roots {

  private Roots() {}

  static List<RepairMessage.Root> of(CopyStore store) {
    return store.everyCollection().stream().map(each -> of(store, each)).toList();
  }

  private static RepairMessage.Root of(CopyStore store, CollectionState collection) {
    long settings =
        store.copy(StoredKey.settings(collection.name())).versions().stream()
            .findFirst()
            .map(Roots::hash)
            .orElse(0L);
    return new RepairMessage.Root(
        collection.name(), collection.digest(), collection.count(), settings);
  }

  /** Of the settings in force, or of the drop that took them away. */
  private static long hash(Change change) {
    return 31 * change.hlc().packed() + ChangeCodecV1.checksum(change);
  }
}
