package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a history, as Jepsen has them: a process asks for something, and later hears that it
 * was done, was not done, or nothing for certain. After the last it asks no more: another process
 * takes its place.
 *
 * @param process who; {@link #NEMESIS} is what breaks things
 * @param f what is asked for: {@code read}, {@code write}, {@code add}, {@code transfer}
 * @param key of which register, set, counter or bank
 * @param value what is written, or was read; null for none
 * @param region who was asked
 * @param version that was read or written; empty where there is none
 * @param last whether it is a read after all faults were over and all regions had heard everything
 * @param nanos since the beginning
 */
public record Operation(
    int process,
    Type type,
    String f,
    String key,
    JsonNode value,
    String region,
    String version,
    boolean last,
    long nanos) {

  public static final int NEMESIS = -1;

  /** How far it is. */
  public enum Type {
    INVOKE,
    OK,
    FAIL,
    INFO;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Operation {
    value = Optional.ofNullable(value).orElse(NullNode.getInstance());
  }

  boolean is(Type wanted, String wantedF) {
    return type == wanted && f.equals(wantedF);
  }

  /** What it came to. */
  Operation outcome(Type outcome, JsonNode result, String seenVersion, long atNanos) {
    return new Operation(process, outcome, f, key, result, region, seenVersion, last, atNanos);
  }

  /** Its line, without an end. */
  String json(long index) {
    return node(index).toString();
  }

  private ObjectNode node(long index) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("index", index);
    if (process == NEMESIS) {
      line.put("process", "nemesis");
    } else {
      line.put("process", process);
    }
    line.put("type", type.text()).put("f", f).put("key", key);
    line.set("value", value);
    line.put("time", nanos).put("region", region);
    if (!version.isEmpty()) {
      line.put("version", version);
    }
    if (last) {
      line.put("final", true);
    }
    return line;
  }

  static Operation of(JsonNode line) {
    JsonNode who = line.path("process");
    return new Operation(
        who.isInt() ? who.asInt() : NEMESIS,
        Type.valueOf(line.path("type").asText().toUpperCase(Locale.ROOT)),
        line.path("f").asText(),
        line.path("key").asText(),
        line.path("value"),
        line.path("region").asText(),
        line.path("version").asText(),
        line.path("final").asBoolean(),
        line.path("time").asLong());
  }

  /** Its line in Clojure's notation, with keywords where Jepsen expects them. */
  String edn(long index) {
    ObjectNode line = node(index);
    StringBuilder text = new StringBuilder();
    String gap = "{:";
    for (Map.Entry<String, JsonNode> member : line.properties()) {
      text.append(gap).append(member.getKey()).append(' ');
      boolean isKeyword =
          member.getKey().equals("type")
              || member.getKey().equals("f")
              || member.getKey().equals("process") && member.getValue().isTextual();
      if (isKeyword) {
        text.append(':').append(member.getValue().asText());
      } else {
        edn(member.getValue(), text);
      }
      gap = ", :";
    }
    return text.append('}').toString();
  }

  private static void edn(JsonNode value, StringBuilder text) {
    if (value.isNull()) {
      text.append("nil");
    } else if (value.isArray()) {
      text.append('[');
      for (int i = 0; i < value.size(); i++) {
        text.append(i == 0 ? "" : " ");
        edn(value.get(i), text);
      }
      text.append(']');
    } else if (value.isObject()) {
      text.append('{');
      String gap = ":";
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        text.append(gap).append(member.getKey()).append(' ');
        edn(member.getValue(), text);
        gap = ", :";
      }
      text.append('}');
    } else {
      text.append(value); // numbers, truth values and texts are written as in JSON
    }
  }
}
