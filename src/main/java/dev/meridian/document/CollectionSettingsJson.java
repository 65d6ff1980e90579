package dev.meridian.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of a collection as JSON. Strict: an unknown field, a wrong type or a value out of bounds
 * is refused, and so is what this release does not offer yet; nothing is accepted and ignored.
 */
public final class CollectionSettingsJson {

  private static final ObjectMapper JSON = new ObjectMapper(JsonDocument.json().copy());

  private static final Set<String> FIELDS =
      Set.of(
          "mode",
          "conflict",
          "history",
          "ttlSeconds",
          "requirePrecondition",
          "schema",
          "schemaMode",
          "indexes",
          "placement");

  private static final int MAX_VERSIONS = 10_000;
  private static final Duration MAX_KEEP = Duration.ofDays(3650);

  private CollectionSettingsJson() {}

  /** Reads settings; missing fields take their defaults. */
  public static CollectionSettings parse(Bytes json) {
    JsonNode root = read(json);
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw invalid("there is no setting '" + name + "'");
              }
            });
    checkMode(root.path("mode"));
    ConflictSettings conflict = ConflictSettingsJson.parse(root.path("conflict"));
    PlacementRules placement = PlacementJson.parse(root.path("placement"));
    checkTogether(conflict, placement);
    unsupported(root, "ttlSeconds", "documents do not expire yet");
    unsupported(root, "schema", "documents are not checked against a schema yet");
    if (!root.path("schemaMode").isMissingNode()
        && !root.path("schemaMode").asText().equals("enforce")) {
      throw notYet("schemaMode", "documents are not checked against a schema yet");
    }
    JsonNode indexes = root.path("indexes");
    if (!indexes.isMissingNode()
        && !indexes.isNull()
        && !(indexes.isArray() && indexes.isEmpty())) {
      throw notYet("indexes", "there are no secondary indexes yet");
    }
    JsonNode require = root.path("requirePrecondition");
    if (!require.isMissingNode() && !require.isBoolean()) {
      throw invalid("'requirePrecondition' is true or false");
    }
    return new CollectionSettings(
        keepVersions(root.path("history")),
        keepFor(root.path("history")),
        require.asBoolean(CollectionSettings.DEFAULTS.requirePrecondition()),
        placement,
        conflict);
  }

  /** The settings in full, always in the same order. */
  public static Bytes render(CollectionSettings settings) {
    return Bytes.utf8(
        "{\"mode\":\"active-active\",\"conflict\":"
            + ConflictSettingsJson.render(settings.conflict())
            + ",\"history\":{\"keepVersions\":"
            + settings.keepVersions()
            + ",\"keepFor\":\""
            + (settings.keepFor().isZero() ? "PT0S" : isoDays(settings.keepFor()))
            + "\"},\"ttlSeconds\":null,\"requirePrecondition\":"
            + settings.requirePrecondition()
            + ",\"schema\":null,\"schemaMode\":\"enforce\",\"indexes\":[],\"placement\":"
            + PlacementJson.render(settings.placement())
            + "}");
  }

  static JsonNode read(Bytes json) {
    Bytes checked = JsonDocument.compact(json, JsonLimits.DEFAULTS);
    try {
      return JSON.readTree(checked.array(), checked.offset(), checked.length());
    } catch (IOException impossible) {
      throw new StoreFailure.Fault(
          FailureCode.INTERNAL_ERROR, "checked JSON could not be read", impossible);
    }
  }

  private static void checkMode(JsonNode mode) {
    if (!mode.isMissingNode() && !mode.isTextual()) {
      throw invalid("'mode' is a text");
    }
    if (!mode.isMissingNode() && !mode.asText().equals("active-active")) {
      throw new StoreFailure.CallerMistake(
          FailureCode.MODE_UNSUPPORTED,
          "the mode is 'active-active'; this release offers no other one");
    }
  }

  /** Bodies that are not everywhere cannot be merged everywhere. */
  private static void checkTogether(ConflictSettings conflict, PlacementRules placement) {
    if (conflict.policy() != ConflictSettings.Policy.LWW
        && !placement.equals(PlacementRules.EVERYWHERE)) {
      throw notYet(
          "conflict.policy", "with a placement the policy is 'lww': only some regions have bodies");
    }
  }

  private static int keepVersions(JsonNode history) {
    if (history.isMissingNode() || history.isNull()) {
      return CollectionSettings.DEFAULTS.keepVersions();
    }
    checkFields(history, "history", Set.of("keepVersions", "keepFor"));
    JsonNode versions = history.path("keepVersions");
    if (versions.isMissingNode()) {
      return CollectionSettings.DEFAULTS.keepVersions();
    }
    if (!versions.isInt() || versions.asInt() < 1 || versions.asInt() > MAX_VERSIONS) {
      throw invalid("'history.keepVersions' is a whole number from 1 to " + MAX_VERSIONS);
    }
    return versions.asInt();
  }

  private static Duration keepFor(JsonNode history) {
    JsonNode keep = history.path("keepFor");
    if (keep.isMissingNode()) {
      return CollectionSettings.DEFAULTS.keepFor();
    }
    try {
      Duration duration = Duration.parse(keep.isTextual() ? keep.asText() : "");
      if (!duration.isNegative() && duration.compareTo(MAX_KEEP) <= 0) {
        return duration;
      }
    } catch (DateTimeException malformed) {
      // said below, together with what is out of bounds
    }
    throw invalid("'history.keepFor' is an ISO 8601 duration from PT0S to P3650D, such as P7D");
  }

  static void checkFields(JsonNode object, String name, Set<String> fields) {
    if (!object.isObject()) {
      throw invalid("'" + name + "' is an object");
    }
    object
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!fields.contains(field)) {
                throw invalid("there is no setting '" + name + "." + field + "'");
              }
            });
  }

  private static void unsupported(JsonNode root, String field, String why) {
    JsonNode value = root.path(field);
    if (!value.isMissingNode() && !value.isNull()) {
      throw notYet(field, why);
    }
  }

  /** Whole days as days: P7D rather than PT168H. */
  private static String isoDays(Duration duration) {
    boolean days = duration.equals(Duration.ofDays(duration.toDays()));
    return days ? "P" + duration.toDays() + "D" : duration.toString();
  }

  static StoreFailure invalid(String why) {
    return new StoreFailure.CallerMistake(FailureCode.INVALID_REQUEST, why);
  }

  private static StoreFailure notYet(String field, String why) {
    return new StoreFailure.CallerMistake(
        FailureCode.SETTING_UNSUPPORTED, "'" + field + "' cannot be set so: " + why);
  }
}
