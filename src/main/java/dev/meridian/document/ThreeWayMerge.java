package dev.meridian.document;

import dev.meridian.clock.VersionId;
import dev.meridian.document.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one document of several that come from one base and did not see each other. What one of
 * them changed is changed; where several changed the same place differently, objects are merged
 * member by member and for all else a rule decides.
 *
 * <p>The result follows from base, documents and rules alone, whatever their order: it is not made
 * of them two by two.
 *
 * <p>A rule counts at its place and below, the longest pointer first. Removing a place counts as a
 * change of it; against another change it loses, unless deletions win.
 */
public final class ThreeWayMerge {

  private static final Comparator<Side> LOWEST_FIRST = Comparator.comparing(Side::version);

  private final List<Side> sides;
  private final ConflictSettings settings;
  private final List<Decision> decisions = new ArrayList<>();

  /** One of the documents. */
  public record Side(VersionId version, JsonObject document) {}

  /**
   * A place that several changed differently.
   *
   * @param at a member named {@code *} stands for an item of an array with keys
   * @param rule what decided
   * @param base what was there before; empty for nothing
   * @param values what each has there, lowest version first; empty for nothing
   * @param undecided a client has to decide
   */
  public record Decision(
      JsonPointer at,
      MergeRule.Kind rule,
      Optional<JsonValue> base,
      Map<VersionId, Optional<JsonValue>> values,
      boolean undecided) {}

  /** What was made, and what had to be decided for it. */
  public record Merged(JsonObject document, List<Decision> decisions) {
    public boolean undecided() {
      return decisions.stream().anyMatch(Decision::undecided);
    }
  }

  /** What one side has at a place. */
  record Version(VersionId id, Optional<JsonValue> value) {}

  private ThreeWayMerge(List<Side> sides, ConflictSettings settings) {
    this.sides = sides;
    this.settings = settings;
  }

  /**
   * @param base what they come from; empty if each was made anew
   * @param sides at least one, in any order
   */
  public static Merged merge(
      Optional<JsonObject> base, Collection<Side> sides, ConflictSettings settings) {
    if (sides.isEmpty()) {
      throw new IllegalArgumentException("nothing to merge");
    }
    List<Side> sorted = sides.stream().distinct().sorted(LOWEST_FIRST).toList();
    ThreeWayMerge merge = new ThreeWayMerge(sorted, settings);
    List<Version> documents =
        sorted.stream()
            .map(side -> new Version(side.version(), Optional.of(side.document())))
            .toList();
    JsonObject merged = merge.object(JsonPointer.ROOT, base.orElse(JsonObject.EMPTY), documents);
    return new Merged(merged, List.copyOf(merge.decisions));
  }

  /** Members in the order of the base, then as they were added, lowest version first. */
  private JsonObject object(JsonPointer at, JsonObject base, List<Version> versions) {
    Set<String> names = new LinkedHashSet<>(base.members().keySet());
    versions.forEach(version -> names.addAll(members(version).keySet()));
    Map<String, JsonValue> merged = new LinkedHashMap<>();
    for (String name : names) {
      List<Version> values = new ArrayList<>(versions.size());
      for (Version version : versions) {
        values.add(new Version(version.id(), Optional.ofNullable(members(version).get(name))));
      }
      value(at.child(name), Optional.ofNullable(base.members().get(name)), values)
          .ifPresent(value -> merged.put(name, value));
    }
    return new JsonObject(merged);
  }

  private static Map<String, JsonValue> members(Version version) {
    return ((JsonObject) version.value().orElseThrow()).members();
  }

  /** What is to be at a place, if anything is. */
  Optional<JsonValue> value(JsonPointer at, Optional<JsonValue> base, List<Version> versions) {
    List<Version> changed =
        versions.stream().filter(version -> !isSame(base, version.value())).toList();
    if (changed.isEmpty()) {
      return base;
    }
    Version highest = changed.getLast();
    if (changed.stream().allMatch(version -> isSame(highest.value(), version.value()))) {
      return highest.value();
    }
    List<Version> present =
        changed.stream().filter(version -> version.value().isPresent()).toList();
    if (present.size() < changed.size()) {
      return removed(at, base, versions, changed, present);
    }
    if (present.stream().allMatch(version -> version.value().get() instanceof JsonObject)) {
      JsonObject from =
          base.orElse(JsonValue.NULL) instanceof JsonObject object ? object : JsonObject.EMPTY;
      return Optional.of(object(at, from, present));
    }
    return Optional.of(ruled(at, base, versions, present));
  }

  /** Some removed what others changed. */
  private Optional<JsonValue> removed(
      JsonPointer at,
      Optional<JsonValue> base,
      List<Version> versions,
      List<Version> changed,
      List<Version> present) {
    MergeRule rule = rule(at);
    boolean undecided = rule.kind() == MergeRule.Kind.SIBLINGS;
    decide(at, rule.kind(), base, versions, undecided);
    return settings.deleteWins() && !undecided ? Optional.empty() : value(at, base, present);
  }

  private JsonValue ruled(
      JsonPointer at, Optional<JsonValue> base, List<Version> versions, List<Version> changed) {
    MergeRule rule = rule(at);
    MergeRules rules = new MergeRules(this, at, rule);
    Optional<JsonValue> result =
        switch (rule.kind()) {
          case LWW, SIBLINGS -> Optional.empty();
          case KEEP_FIRST -> changed.getFirst().value();
          case MAX -> MergeRules.extreme(changed, true);
          case MIN -> MergeRules.extreme(changed, false);
          case SUM_DELTAS -> MergeRules.sum(base, changed);
          case UNION -> rules.union(base, changed);
          case APPEND -> MergeRules.append(base, changed);
        };
    MergeRule.Kind decided =
        result.isPresent() || rule.kind() == MergeRule.Kind.SIBLINGS
            ? rule.kind()
            : MergeRule.Kind.LWW;
    decide(at, decided, base, versions, decided == MergeRule.Kind.SIBLINGS);
    return result.or(() -> changed.getLast().value()).orElseThrow();
  }

  private void decide(
      JsonPointer at,
      MergeRule.Kind rule,
      Optional<JsonValue> base,
      List<Version> versions,
      boolean undecided) {
    Map<VersionId, Optional<JsonValue>> values = new LinkedHashMap<>();
    versions.forEach(version -> values.put(version.id(), version.value()));
    decisions.add(new Decision(at, rule, base, values, undecided));
  }

  private MergeRule rule(JsonPointer at) {
    if (settings.rules().isEmpty()) {
      return MergeRule.LWW;
    }
    for (JsonPointer place = at; ; place = place.parent()) {
      MergeRule rule = settings.rules().get(place);
      if (rule != null) {
        return rule;
      }
      if (place.isRoot()) {
        return MergeRule.LWW;
      }
    }
  }

  boolean deletionsWin() {
    return settings.deleteWins();
  }

  static boolean isSame(Optional<JsonValue> a, Optional<JsonValue> b) {
    return a.isPresent() == b.isPresent() && (a.isEmpty() || JsonValue.same(a.get(), b.get()));
  }
}
