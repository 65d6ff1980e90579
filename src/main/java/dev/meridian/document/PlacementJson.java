package dev.meridian.document;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.meridian.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The setting {@code placement} as JSON; strict, as {@link CollectionSettingsJson} is. */
final class PlacementJson {

  private static final String NAME = "placement";
  private static final int MAX_VALUE_CHARS = 256;

  private PlacementJson() {}

  static PlacementRules parse(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return PlacementRules.EVERYWHERE;
    }
    CollectionSettingsJson.checkFields(
        node, NAME, java.util.Set.of("regions", "prefixes", "field", "map", "hints"));
    String field = field(node.path("field"));
    JsonNode map = node.path("map");
    if (field.isEmpty() != (map.isMissingNode() || map.isNull())) {
      throw invalid("'placement.field' and 'placement.map' belong together");
    }
    return new PlacementRules(
        regions(node.path("regions"), "placement.regions"),
        mapped(
            node.path("prefixes"),
            "placement.prefixes",
            PlacementRules.MAX_PREFIXES,
            PlacementJson::isPrefix),
        field,
        mapped(
            map,
            "placement.map",
            PlacementRules.MAX_VALUES,
            value -> !value.isEmpty() && value.length() <= MAX_VALUE_CHARS),
        hints(node.path("hints")));
  }

  private static boolean isPrefix(String prefix) {
    try {
      new DocumentId(prefix);
      return true;
    } catch (StoreFailure noId) {
      return false;
    }
  }

  private static String field(JsonNode field) {
    if (field.isMissingNode() || field.isNull()) {
      return "";
    }
    try {
      if (field.isTextual() && !field.asText().isEmpty()) {
        JsonPointer.compile(field.asText());
        return field.asText();
      }
    } catch (IllegalArgumentException malformed) {
      // said below, together with what is no text
    }
    throw invalid("'placement.field' is a JSON Pointer (RFC 6901) such as /country");
  }

  private static boolean hints(JsonNode hints) {
    if (hints.isMissingNode() || hints.asText().equals("forbid") && hints.isTextual()) {
      return false;
    }
    if (hints.asText().equals("allow") && hints.isTextual()) {
      return true;
    }
    throw invalid("'placement.hints' is 'forbid' or 'allow'");
  }

  private static SortedMap<String, Placement> mapped(
      JsonNode node, String name, int most, Predicate<String> key) {
    SortedMap<String, Placement> found = new TreeMap<>();
    if (node.isMissingNode() || node.isNull()) {
      return found;
    }
    if (!node.isObject() || node.size() > most) {
      throw invalid("'" + name + "' is an object of at most " + most + " members");
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!key.test(member.getKey())) {
        throw invalid("'" + name + "' has the member '" + member.getKey() + "', which cannot be");
      }
      found.put(member.getKey(), regions(member.getValue(), name + "." + member.getKey()));
    }
    return found;
  }

  private static Placement regions(JsonNode node, String name) {
    List<ReplicaId> regions = new ArrayList<>();
    boolean list = node.isArray() && !node.isEmpty() && node.size() <= Placement.MAX_REGIONS;
    if (list) {
      for (JsonNode region : node) {
        try {
          regions.add(new ReplicaId(region.isTextual() ? region.asText() : ""));
        } catch (IllegalArgumentException malformed) {
          list = false;
        }
      }
    }
    if (!list) {
      throw invalid(
          "'" + name + "' is a list of 1 to " + Placement.MAX_REGIONS + " ids of regions");
    }
    return Placement.in(regions);
  }

  static String render(PlacementRules rules) {
    if (rules.isEverywhere()) {
      return "null";
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("regions", names(rules.others()));
    if (!rules.prefixes().isEmpty()) {
      node.set("prefixes", object(rules.prefixes()));
    }
    if (rules.isByField()) {
      node.put("field", rules.field());
      node.set("map", object(rules.values()));
    }
    node.put("hints", rules.hints() ? "allow" : "forbid");
    return node.toString();
  }

  private static ObjectNode object(SortedMap<String, Placement> rules) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    rules.forEach((key, placement) -> node.set(key, names(placement)));
    return node;
  }

  private static ArrayNode names(Placement placement) {
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    placement.regions().forEach(region -> names.add(region.value()));
    return names;
  }

  private static StoreFailure invalid(String why) {
    return CollectionSettingsJson.invalid(why);
  }
}
