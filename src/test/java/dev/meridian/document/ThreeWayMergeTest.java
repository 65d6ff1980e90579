package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ThreeWayMergeTest {

  /** Cases of each rule; the gate runs few. */
  private static final int CASES = Integer.getInteger("meridian.merge.cases", 20_000);

  private static VersionId version(int number) {
    return new VersionId(new HlcTimestamp(1000L + number), new ReplicaId("r" + number));
  }

  private static ConflictSettings rules(String json) {
    return ConflictSettingsJson.parse(Bytes.utf8("{\"policy\":\"merge\",\"rules\":" + json + "}"));
  }

  private static JsonObject object(String json) {
    return (JsonObject) JsonValue.parse(json);
  }

  private static ThreeWayMerge.Merged merge(
      String base, ConflictSettings settings, String... documents) {
    List<ThreeWayMerge.Side> sides = new ArrayList<>();
    for (int i = 0; i < documents.length; i++) {
      sides.add(new ThreeWayMerge.Side(version(i), object(documents[i])));
    }
    Optional<JsonObject> from = base.isEmpty() ? Optional.empty() : Optional.of(object(base));
    return ThreeWayMerge.merge(from, sides, settings);
  }

  @ParameterizedTest(name = "{index}: {0} of {1}: {2} and {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // no rule is asked where only one changed something, or all the same
        "{}|{'a':1,'b':2}|{'a':3,'b':2}|{'a':1,'b':4}|{'a':3,'b':4}",
        "{}|{'a':1}|{'a':5}|{'a':5.0}|{'a':5.0}",
        "{}|{'a':1}|{}|{'a':1}|{}",
        "{}|{'a':1}|{'a':1,'x':7}|{'a':1,'y':8}|{'a':1,'x':7,'y':8}",
        // the highest version, unless a rule says otherwise
        "{}|{'a':1}|{'a':2}|{'a':3}|{'a':3}",
        "{'/a':'keep-first'}|{'a':1}|{'a':2}|{'a':3}|{'a':2}",
        "{'/a':'siblings'}|{'a':1}|{'a':2}|{'a':3}|{'a':3}",
        // numbers
        "{'/a':'max'}|{'a':1}|{'a':7}|{'a':3}|{'a':7}",
        "{'/a':'max'}|{'a':9}|{'a':7}|{'a':3}|{'a':7}",
        "{'/a':'max'}|{'a':1}|{'a':1e400}|{'a':3}|{'a':1e400}",
        "{'/a':'max'}|{'a':1}|{'a':'x'}|{'a':3}|{'a':3}",
        "{'/a':'max'}|{'a':'a'}|{'a':'c'}|{'a':'b'}|{'a':'c'}",
        "{'/a':'min'}|{'a':9}|{'a':7}|{'a':3}|{'a':3}",
        "{'/a':'min'}|{'a':9}|{'a':3.0}|{'a':3}|{'a':3}",
        "{'/a':'sum-deltas'}|{'a':10}|{'a':12}|{'a':7}|{'a':9}",
        "{'/a':'sum-deltas'}|{'a':0.10}|{'a':0.3}|{'a':1}|{'a':1.20}",
        "{'/a':'sum-deltas'}|{}|{'a':2}|{'a':3}|{'a':5}",
        "{'/a':'sum-deltas'}|{'a':1}|{'a':1e5000}|{'a':3}|{'a':3}",
        "{'/a':'sum-deltas'}|{'a':1}|{'a':'x'}|{'a':3}|{'a':3}",
        // arrays
        "{'/a':'union'}|{'a':[1,2]}|{'a':[1,2,3]}|{'a':[2,4]}|{'a':[2,3,4]}",
        "{'/a':'union'}|{'a':[]}|{'a':[1.0]}|{'a':[1]}|{'a':[1]}",
        "{'/a':'union'}|{'a':[1]}|{'a':5}|{'a':[2]}|{'a':[2]}",
        "{'/a':'append'}|{'a':[1]}|{'a':[1,2]}|{'a':[1,3]}|{'a':[1,2,3]}",
        "{'/a':'append'}|{'a':[1]}|{'a':[2]}|{'a':[1,3]}|{'a':[1,3]}",
        "{'/a':'append'}|{}|{'a':[2]}|{'a':[3]}|{'a':[2,3]}",
        // objects are merged inside, a rule counts below its place, the longest one first
        "{}|{'o':{'x':1,'y':1}}|{'o':{'x':2,'y':1}}|{'o':{'x':1,'y':3}}|{'o':{'x':2,'y':3}}",
        "{'/o':'max'}|{'o':{'x':1}}|{'o':{'x':9}}|{'o':{'x':3}}|{'o':{'x':9}}",
        "{'/o':'max','/o/x':'min'}|{'o':{'x':1}}|{'o':{'x':9}}|{'o':{'x':3}}|{'o':{'x':3}}",
        "{'':'max'}|{'a':1}|{'a':9}|{'a':3}|{'a':9}",
        "{}|{'o':1}|{'o':{'x':2}}|{'o':{'y':3}}|{'o':{'x':2,'y':3}}",
        "{}|{'o':1}|{'o':{'x':2}}|{'o':4}|{'o':4}",
        // a change outlives a removal
        "{}|{'a':1}|{'a':2}|{}|{'a':2}",
        "{}|{'a':1}|{}|{'a':2}|{'a':2}",
        "{}|{'o':{'x':1,'y':1}}|{}|{'o':{'x':2,'y':1}}|{'o':{'x':2,'y':1}}",
        "{'/a':'sum-deltas'}|{'a':1}|{}|{'a':2}|{'a':2}",
      })
  void twoVersionsBecomeOne(String rules, String base, String a, String b, String expected) {
    ThreeWayMerge.Merged merged = merge(json(base), rules(json(rules)), json(a), json(b));
    assertEquals(json(expected), merged.document().text());
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @Test
  void aRemovalWinsWhereDeletionsDo() {
    ConflictSettings settings = new ConflictSettings(ConflictSettings.Policy.MERGE, Map.of(), true);
    assertEquals("{}", merge("{\"a\":1}", settings, "{\"a\":2}", "{}").document().text());
  }

  @Test
  void onlyTheRuleSiblingsLeavesSomethingToDecide() {
    String base = "{\"a\":1,\"b\":1}";
    String[] sides = {"{\"a\":2,\"b\":2}", "{\"a\":3,\"b\":3}"};
    ThreeWayMerge.Merged open = merge(base, rules("{\"/a\":\"siblings\"}"), sides);
    assertTrue(open.undecided());
    assertEquals(2, open.decisions().size());
    ThreeWayMerge.Decision first = open.decisions().getFirst();
    assertEquals("/a", first.at().toString());
    assertEquals(Optional.of(new JsonNumber("1")), first.base());
    assertEquals(Optional.of(new JsonNumber("2")), first.values().get(version(0)));
    assertTrue(!merge(base, rules("{}"), sides).undecided());
    assertTrue(merge("{\"a\":1}", rules("{\"/a\":\"siblings\"}"), "{}", "{\"a\":2}").undecided());
  }

  /** The example of the documentation: nothing leaves the cart, and the largest quantity counts. */
  @Test
  void aShoppingCartKeepsAllItemsAndTheHighestQuantities() {
    ConflictSettings cart =
        rules("{\"/items\":{\"rule\":\"union\",\"key\":\"sku\"},\"/items/*/qty\":\"max\"}");
    ThreeWayMerge.Merged merged =
        merge(
            "{\"items\":[{\"sku\":\"tea\",\"qty\":1}]}",
            cart,
            "{\"items\":[{\"sku\":\"tea\",\"qty\":3},{\"sku\":\"cup\",\"qty\":1}],\"gift\":true}",
            "{\"items\":[{\"sku\":\"tea\",\"qty\":2,\"note\":\"green\"},{\"sku\":\"jam\",\"qty\":4}]}");
    assertEquals(
        "{\"items\":[{\"sku\":\"tea\",\"qty\":3,\"note\":\"green\"},{\"sku\":\"cup\",\"qty\":1},"
            + "{\"sku\":\"jam\",\"qty\":4}],\"gift\":true}",
        merged.document().text());
  }

  @Test
  void anItemThatOneTookOutAndNobodyChangedIsOut() {
    ConflictSettings cart = rules("{\"/items\":{\"rule\":\"union\",\"key\":\"sku\"}}");
    String base = "{\"items\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":1}]}";
    assertEquals(
        "{\"items\":[{\"sku\":\"b\",\"n\":2}]}",
        merge(
                base,
                cart,
                "{\"items\":[{\"sku\":\"b\",\"n\":1}]}",
                "{\"items\":[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":2}]}")
            .document()
            .text());
  }

  @ParameterizedTest
  @EnumSource(MergeRule.Kind.class)
  void theOrderAndTheNumberOfTheSidesDoNotMatter(MergeRule.Kind kind) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<JsonPointer, MergeRule> rules = Map.of(JsonPointer.ROOT, new MergeRule(kind, ""));
    for (int i = 0; i < CASES; i++) {
      ConflictSettings settings =
          new ConflictSettings(ConflictSettings.Policy.MERGE, rules, random.nextBoolean());
      Optional<JsonObject> base =
          random.nextInt(5) == 0 ? Optional.empty() : Optional.of(randomObject(random, 2));
      List<ThreeWayMerge.Side> sides = new ArrayList<>();
      for (int n = 2 + random.nextInt(4); n > 0; n--) {
        JsonObject document =
            random.nextInt(4) == 0 && base.isPresent() ? base.get() : randomObject(random, 2);
        sides.add(new ThreeWayMerge.Side(version(n), document));
      }
      String context = kind + " seed " + seed + " case " + i;
      ThreeWayMerge.Merged merged = ThreeWayMerge.merge(base, sides, settings);
      String text = merged.document().text();
      List<ThreeWayMerge.Side> shuffled = new ArrayList<>(sides);
      shuffled.addAll(sides.subList(0, 1));
      Collections.shuffle(shuffled, random);
      assertEquals(merged, ThreeWayMerge.merge(base, shuffled, settings), context);
      assertEquals(text, JsonValue.parse(text).text(), context);
      ThreeWayMerge.Side one = sides.getFirst();
      assertTrue(
          JsonValue.same(
              one.document(), ThreeWayMerge.merge(base, List.of(one), settings).document()),
          context);
      if (base.isPresent()) {
        List<ThreeWayMerge.Side> alone = new ArrayList<>(List.of(one));
        for (int n = 10; n < 13; n++) {
          alone.add(new ThreeWayMerge.Side(version(n), base.get()));
        }
        assertTrue(
            JsonValue.same(one.document(), ThreeWayMerge.merge(base, alone, settings).document()),
            context + ": what only one changed is as that one has it");
      }
    }
  }

  private static JsonObject randomObject(Random random, int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      members.put("" + (char) ('a' + random.nextInt(4)), randomValue(random, depth));
    }
    return new JsonObject(members);
  }

  private static JsonValue randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 3)) {
      case 0 -> new JsonNumber(List.of("1", "2", "1.0", "-3", "2e1").get(random.nextInt(5)));
      case 1 -> new JsonString("" + (char) ('p' + random.nextInt(3)));
      case 2 -> JsonValue.TRUE;
      case 3 -> randomObject(random, depth - 1);
      default -> {
        List<JsonValue> items = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
          items.add(randomValue(random, depth - 1));
        }
        yield new JsonArray(items);
      }
    };
  }
}
