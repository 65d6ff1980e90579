package dev.meridian.document;

public final class CollectionSettingsJson {
  private CollectionSettingsJson() {}

  public static CollectionSettings parse(Bytes b) {
    return CollectionSettings.DEFAULTS;
  }

  public static Bytes render(CollectionSettings s) {
    return Bytes.EMPTY;
  }
}
