package dev.meridian.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Bytes compact(String text) {
    return JsonDocument.compact(Bytes.utf8(text), JsonLimits.DEFAULTS);
  }

  @Test
  void onlyInsignificantWhiteSpaceGoes() {
    assertEquals(
        "{\"a b\":[1, 2 ,{\"c\":\" \\\" x \"}],\"n\":1.10}".replace("1, 2 ,", "1,2,"),
        compact(" {\t\"a b\" : [ 1, 2 ,\r\n{\"c\" : \" \\\" x \"} ] , \"n\": 1.10 } ").utf8());
    Bytes already = Bytes.utf8("{\"a\":\"x y\"}");
    assertSame(already, JsonDocument.compact(already, JsonLimits.DEFAULTS));
  }

  @Test
  void anyTreeSurvives() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      ObjectNode tree = JSON.createObjectNode();
      fill(tree, random, 0);
      byte[] pretty =
          JSON.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(tree);
      Bytes compact = JsonDocument.compact(new Bytes(pretty), JsonLimits.DEFAULTS);
      assertEquals(JSON.readTree(pretty), JSON.readTree(compact.toArray()), "seed " + seed);
      assertEquals(compact, JsonDocument.compact(compact, JsonLimits.DEFAULTS), "seed " + seed);
    }
  }

  private static void fill(ObjectNode object, Random random, int depth) {
    for (int i = random.nextInt(5); i > 0; i--) {
      object.set(text(random), value(random, depth));
    }
  }

  private static JsonNode value(Random random, int depth) {
    switch (random.nextInt(depth > 6 ? 4 : 6)) {
      case 0:
        return JSON.getNodeFactory().textNode(text(random));
      case 1:
        return JSON.getNodeFactory().numberNode(random.nextDouble());
      case 2:
        return JSON.getNodeFactory().booleanNode(random.nextBoolean());
      case 3:
        return JSON.getNodeFactory().nullNode();
      case 4:
        ArrayNode array = JSON.createArrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth + 1));
        }
        return array;
      default:
        ObjectNode object = JSON.createObjectNode();
        fill(object, random, depth + 1);
        return object;
    }
  }

  private static String text(Random random) {
    String letters = "ab \"\\\n\tü€😀{}[],:";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int at = random.nextInt(letters.codePointCount(0, letters.length()));
      text.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080",
        "c1bf",
        "e08080",
        "e09fbf",
        "eda080",
        "edbfbf",
        "f0808080",
        "f4908080",
        "f5808080",
        "80",
        "bf",
        "c2",
        "e282",
        "f09f98",
        "fe",
        "ff",
        "c328"
      })
  void malformedUtf8IsRefused(String hex) {
    byte[] middle = HexFormat.of().parseHex(hex);
    byte[] start = "{\"a\":\"".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] all = new byte[start.length + middle.length + 2];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(middle, 0, all, start.length, middle.length);
    all[all.length - 2] = '"';
    all[all.length - 1] = '}';
    StoreFailure refused =
        assertThrows(
            StoreFailure.class, () -> JsonDocument.compact(new Bytes(all), JsonLimits.DEFAULTS));
    assertEquals(FailureCode.INVALID_JSON, refused.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-16"})
  void otherEncodingsAreRefused(String encoding) throws IOException {
    byte[] bytes = "{\"a\":1}".getBytes(encoding);
    assertThrows(
        StoreFailure.class, () -> JsonDocument.compact(new Bytes(bytes), JsonLimits.DEFAULTS));
  }

  @Test
  void aByteOrderMarkIsRefused() {
    assertThrows(StoreFailure.class, () -> compact("\uFEFF{}"));
  }

  @Test
  void keysAreComparedAsTheyAreMeant() {
    assertThrows(StoreFailure.class, () -> compact("{\"a\":{\"x\":1,\"\\u0078\":2}}"));
    assertEquals(
        "{\"a\":{\"x\":1},\"b\":{\"x\":1}}", compact("{\"a\":{\"x\":1},\"b\":{\"x\":1}}").utf8());
  }

  @Test
  void depthIsCountedWithTheDocumentItself() {
    assertEquals(131, compact("{\"\":".repeat(1) + "[".repeat(63) + "]".repeat(63) + "}").length());
    assertThrows(
        StoreFailure.class, () -> compact("{\"\":" + "[".repeat(64) + "]".repeat(64) + "}"));
    assertThrows(
        StoreFailure.class,
        () -> compact("{\"\":" + "[".repeat(90_000) + "]".repeat(90_000) + "}"));
  }

  @Test
  void aNumberMayBeAsLongAsTheDocument() {
    String long40 = "{\"n\":" + "9".repeat(100_000) + "}";
    assertEquals(long40, compact(long40).utf8());
  }
}
