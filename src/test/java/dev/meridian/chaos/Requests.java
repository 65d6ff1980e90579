package dev.meridian.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.meridian.it.RegionProcess;
import java.util.Map;

/** The requests that workloads have in common. */
final class Requests {

  private static final String JSON = "application/json";

  private Requests() {}

  static Client.Request read(
      String collection, String id, String region, Map<String, String> headers) {
    return new Client.Request(
        "read",
        id,
        NullNode.getInstance(),
        region,
        "GET",
        RegionProcess.doc(collection, id),
        JSON,
        "",
        headers);
  }

  static Client.Request put(
      String f,
      String collection,
      String id,
      String region,
      JsonNode value,
      String body,
      Map<String, String> headers) {
    return new Client.Request(
        f, id, value, region, "PUT", RegionProcess.doc(collection, id), JSON, body, headers);
  }

  /** An operation of a CRDT field. */
  static Client.Request operate(
      String collection,
      String id,
      String region,
      JsonNode value,
      String operation,
      Map<String, String> headers) {
    return new Client.Request(
        "add",
        id,
        value,
        region,
        "PATCH",
        RegionProcess.doc(collection, id),
        "application/vnd.meridian.crdt+json",
        "[" + operation + "]",
        headers);
  }
}
