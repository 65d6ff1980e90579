package dev.meridian.coordinator;

import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.CollectionSettings;
import dev.meridian.document.CollectionSettingsJson;
import dev.meridian.document.StoreFailure;
import dev.meridian.engine.CollectionState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The settings of collections, parsed once each time they change. Thread-safe; holds at most {@link
 * #MAX_COLLECTIONS}, further ones are parsed at each use.
 */
public final class KnownSettings implements Function<CollectionState, CollectionSettings> {

  private static final System.Logger LOG = System.getLogger(KnownSettings.class.getName());

  static final int MAX_COLLECTIONS = 4096;

  private final Map<CollectionName, Parsed> parsed = new ConcurrentHashMap<>();

  private record Parsed(Bytes source, CollectionSettings settings) {}

  @Override
  public CollectionSettings apply(CollectionState collection) {
    if (collection.settings().isEmpty()) {
      return CollectionSettings.DEFAULTS;
    }
    Bytes source = collection.settings().get();
    Parsed known = parsed.get(collection.name());
    if (known != null && known.source() == source) {
      return known.settings();
    }
    CollectionSettings settings = parse(collection.name(), source);
    if (parsed.size() < MAX_COLLECTIONS) {
      parsed.put(collection.name(), new Parsed(source, settings));
    }
    return settings;
  }

  /** Settings that a newer release wrote may say what this one does not know. */
  private static CollectionSettings parse(CollectionName name, Bytes source) {
    try {
      return CollectionSettingsJson.parse(source);
    } catch (StoreFailure unknown) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event=settings-not-understood collection={0} defaults are used: {1}",
          name,
          unknown.getMessage());
      return CollectionSettings.DEFAULTS;
    }
  }
}
