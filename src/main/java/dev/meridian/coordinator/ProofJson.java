package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import dev.meridian.document.JsonValue;
import dev.meridian.document.JsonValue.JsonArray;
import dev.meridian.document.JsonValue.JsonNumber;
import dev.meridian.document.JsonValue.JsonObject;
import dev.meridian.document.JsonValue.JsonString;
import dev.meridian.repair.ProofReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A proof as JSON. The signature is over the bytes of the same object without it: who has the key
 * takes the last member off and compares.
 */
final class ProofJson {

  private ProofJson() {}

  /**
   * @param sign what the signature of some bytes is
   */
  static Bytes render(ProofReport report, Function<Bytes, String> sign) {
    JsonObject body = body(report);
    return report.state() == ProofReport.State.DONE
        ? body.with("signature", new JsonString(sign.apply(body.toBytes()))).toBytes()
        : body.toBytes();
  }

  private static JsonObject body(ProofReport report) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("state", text(report.state().name().toLowerCase(Locale.ROOT)));
    members.put("asOf", text(report.asOf().toString()));
    members.put("asOfTime", text(Instant.ofEpochMilli(report.asOf().millis()).toString()));
    members.put("startedAt", text(Instant.ofEpochMilli(report.startedMillis()).toString()));
    if (report.endedMillis() > 0) {
      members.put("endedAt", text(Instant.ofEpochMilli(report.endedMillis()).toString()));
    }
    if (!report.doing().isEmpty()) {
      members.put("doing", text(report.doing()));
    }
    report.failure().ifPresent(why -> members.put("detail", text(why)));
    members.put(
        "regions",
        new JsonArray(
            report.regions().stream().<JsonValue>map(region -> text(region.value())).toList()));
    if (report.state() == ProofReport.State.DONE) {
      members.put("identical", report.isIdentical() ? JsonValue.TRUE : JsonValue.FALSE);
    }
    members.put(
        "collections",
        new JsonArray(report.collections().stream().<JsonValue>map(ProofJson::compared).toList()));
    return new JsonObject(members);
  }

  private static JsonObject compared(ProofReport.Compared compared) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("name", text(compared.name().value()));
    members.put("count", number(compared.count()));
    members.put("checksum", checksums(compared.checksums()));
    members.put("identical", compared.isIdentical() ? JsonValue.TRUE : JsonValue.FALSE);
    members.put("untold", number(compared.untold()));
    members.put(
        "differing",
        new JsonArray(compared.differing().stream().<JsonValue>map(ProofJson::differing).toList()));
    return new JsonObject(members);
  }

  private static JsonObject differing(ProofReport.Differing differing) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("id", text(differing.id()));
    members.put("range", number(differing.part()));
    members.put("checksum", checksums(differing.checksums()));
    return new JsonObject(members);
  }

  private static JsonObject checksums(Map<ReplicaId, Long> checksums) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    hexadecimal(checksums).forEach((region, checksum) -> members.put(region, text(checksum)));
    return new JsonObject(members);
  }

  /** The same by the names of regions, as they are written. */
  static Map<String, String> hexadecimal(Map<ReplicaId, Long> checksums) {
    Map<String, String> written = new LinkedHashMap<>();
    checksums.forEach(
        (region, checksum) ->
            written.put(region.value(), String.format(Locale.ROOT, "%016x", checksum)));
    return written;
  }

  private static JsonString text(String text) {
    return new JsonString(text);
  }

  private static JsonNumber number(long number) {
    return new JsonNumber(Long.toString(number));
  }
}
