package dev.meridian.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a collection does with conflicts, as JSON; strict like the rest of its settings. */
public final class ConflictSettingsJson {

  private static final String POLICIES =
      Arrays.stream(ConflictSettings.Policy.values())
          .map(ConflictSettings.Policy::text)
          .collect(Collectors.joining(", "));

  private static final String RULES =
      Arrays.stream(MergeRule.Kind.values())
          .map(MergeRule.Kind::text)
          .collect(Collectors.joining(", "));

  private static final int MAX_KEY = 128;

  private ConflictSettingsJson() {}

  /** Reads the block {@code conflict}; what is missing takes its default. */
  static ConflictSettings parse(JsonNode conflict) {
    if (conflict.isMissingNode() || conflict.isNull()) {
      return ConflictSettings.DEFAULTS;
    }
    CollectionSettingsJson.checkFields(
        conflict, "conflict", Set.of("policy", "rules", "deleteWins"));
    ConflictSettings.Policy policy = policy(conflict.path("policy"));
    Map<JsonPointer, MergeRule> rules = rules(conflict.path("rules"));
    if (!rules.isEmpty() && policy != ConflictSettings.Policy.MERGE) {
      throw invalid("'conflict.rules' belong to the policy 'merge'");
    }
    JsonNode deleteWins = conflict.path("deleteWins");
    if (!deleteWins.isMissingNode() && !deleteWins.isBoolean()) {
      throw invalid("'conflict.deleteWins' is true or false");
    }
    return new ConflictSettings(policy, rules, deleteWins.asBoolean(false));
  }

  /** Reads such a block by itself. */
  public static ConflictSettings parse(Bytes json) {
    return parse(CollectionSettingsJson.read(json));
  }

  private static ConflictSettings.Policy policy(JsonNode policy) {
    if (policy.isMissingNode()) {
      return ConflictSettings.Policy.LWW;
    }
    return Arrays.stream(ConflictSettings.Policy.values())
        .filter(each -> policy.isTextual() && each.text().equals(policy.asText()))
        .findFirst()
        .orElseThrow(() -> invalid("'conflict.policy' is one of " + POLICIES));
  }

  private static Map<JsonPointer, MergeRule> rules(JsonNode rules) {
    if (rules.isMissingNode() || rules.isNull()) {
      return Map.of();
    }
    if (!rules.isObject() || rules.size() > ConflictSettings.MAX_RULES) {
      throw invalid(
          "'conflict.rules' is an object of at most "
              + ConflictSettings.MAX_RULES
              + " JSON Pointers, each with a rule");
    }
    Map<JsonPointer, MergeRule> parsed = new LinkedHashMap<>();
    rules.properties().forEach(rule -> parsed.put(pointer(rule.getKey()), rule(rule.getValue())));
    return parsed;
  }

  private static JsonPointer pointer(String text) {
    try {
      return JsonPointer.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw invalid("'conflict.rules': " + malformed.getMessage());
    }
  }

  private static MergeRule rule(JsonNode rule) {
    if (rule.isTextual()) {
      return new MergeRule(kind(rule), "");
    }
    CollectionSettingsJson.checkFields(rule, "conflict.rules", Set.of("rule", "key"));
    MergeRule.Kind kind = kind(rule.path("rule"));
    JsonNode key = rule.path("key");
    boolean named = key.isTextual() && !key.asText().isEmpty() && key.asText().length() <= MAX_KEY;
    if (!key.isMissingNode() && (!named || kind != MergeRule.Kind.UNION)) {
      throw invalid(
          "'key' belongs to the rule 'union' and names a member of the items, of at most "
              + MAX_KEY
              + " characters");
    }
    return new MergeRule(kind, key.asText(""));
  }

  private static MergeRule.Kind kind(JsonNode rule) {
    return Optional.of(rule).filter(JsonNode::isTextual).map(JsonNode::asText).stream()
        .flatMap(
            text -> Arrays.stream(MergeRule.Kind.values()).filter(kind -> kind.text().equals(text)))
        .findFirst()
        .orElseThrow(() -> invalid("a rule of 'conflict.rules' is one of " + RULES));
  }

  /** In full, always in the same order. */
  public static String render(ConflictSettings settings) {
    return "{\"policy\":\""
        + settings.policy().text()
        + "\",\"rules\":{"
        + settings.rules().entrySet().stream()
            .map(rule -> quote(rule.getKey().toString()) + ":" + render(rule.getValue()))
            .collect(Collectors.joining(","))
        + "},\"deleteWins\":"
        + settings.deleteWins()
        + "}";
  }

  private static String render(MergeRule rule) {
    return rule.key().isEmpty()
        ? quote(rule.kind().text())
        : "{\"rule\":" + quote(rule.kind().text()) + ",\"key\":" + quote(rule.key()) + "}";
  }

  private static String quote(String text) {
    return new JsonValue.JsonString(text).text();
  }

  private static StoreFailure invalid(String why) {
    return CollectionSettingsJson.invalid(why);
  }
}
