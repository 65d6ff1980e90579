package dev.meridian.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Describes what all operations on data have in common: how to ask for a guarantee, and what the
 * answer says of it.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class OpenApiHeaders implements OASFilter {

  private static final String DATA = "/v1/collections/{collection}";
  private static final String CONFLICTS = "/v1/conflicts";
  private static final String DRY_RUN = CONFLICTS + "/dry-run";

  private static final List<String[]> COMMON =
      List.of(
          new String[] {
            RequestOptions.SESSION,
            "The token of an earlier answer, from any region. Reads of level session, bounded and"
                + " quorum see at least what that answer saw; writes come after it in every region."
                + " 400 when it names changes that were never made."
          },
          new String[] {
            RequestOptions.ON_MISS,
            "When the guarantee cannot be had: fail (the default) or degrade, which answers with"
                + " less and says so in Meridian-Receipt."
          },
          new String[] {
            RequestOptions.TIMEOUT,
            "How long to wait for the guarantee, in ms: 0 to 60000, default 2000."
          });

  private static final String[] CONSISTENCY = {
    RequestOptions.CONSISTENCY,
    "What a read must see. eventual (or prefix): what is here, a consistent prefix. session (the"
        + " default; or read-your-writes, monotonic-reads, causal): at least what Meridian-Session"
        + " covers. bounded;max-staleness=<ms>: nothing older. quorum: what a majority of the"
        + " replicas holds, which includes every write that was confirmed with durability quorum."
        + " strong: refused on active-active collections. When this region cannot, it waits, then"
        + " asks one that can, then fails with 503 consistency-unavailable."
  };

  private static final String[] DURABILITY = {
    RequestOptions.DURABILITY,
    "Where a write must be before the answer. none: decided, and lost by a crash in the next"
        + " moment. local (the default): forced here. remote-write: another region has received it."
        + " remote-apply: another region has forced and applied it. quorum: a majority has. all:"
        + " every region has. 503 durability-unavailable before anything is written when too few"
        + " regions are known to be up; 504 outcome-unknown when the time runs out: the write is"
        + " done here and stays, and the answer has its version and session."
  };

  private static final Map<String, String> ANSWERED =
      Map.of(
          RequestOptions.SESSION,
          "Covers the token sent, what was read and what was written; opaque, at most 1 KiB.",
          Answers.RECEIPT,
          "An RFC 8941 dictionary: what was asked, what was given, why, by which regions, how many"
              + " agreed or hold it and how many had to, the wait, the age: asked=quorum, got=quorum,"
              + " why=\"2 of 3 replicas agreed\", regions=(eu us), acks=2, need=2, wait-ms=3,"
              + " staleness-ms=12.",
          "Meridian-Staleness",
          "An upper bound on the answer's age, in ms.",
          "Server-Timing",
          "Parts of the time: wal (until forced here), apply (from then until readable here), wait"
              + " (for the guarantee), wan (of that, for other regions).");

  @Override
  public void filterOpenAPI(OpenAPI openApi) {
    openApi
        .getPaths()
        .getPathItems()
        .forEach(
            (path, item) -> {
              if (path.startsWith(DATA) || path.startsWith(CONFLICTS)) {
                item.getOperations().forEach((method, each) -> describe(path, method, each));
              }
            });
  }

  private static void describe(String path, PathItem.HttpMethod method, Operation operation) {
    boolean reads =
        method == PathItem.HttpMethod.GET
            || method == PathItem.HttpMethod.HEAD
            || path.equals(DRY_RUN);
    operation.addParameter(parameter(reads ? CONSISTENCY : DURABILITY));
    COMMON.forEach(each -> operation.addParameter(parameter(each)));
    if (operation.getResponses() == null) {
      operation.setResponses(OASFactory.createAPIResponses());
    }
    operation
        .getResponses()
        .getAPIResponses()
        .forEach(
            (status, response) -> {
              if (status.startsWith("2")) {
                ANSWERED.forEach((name, meaning) -> response.addHeader(name, header(meaning)));
              }
            });
    operation
        .getResponses()
        .addAPIResponse(
            "503", response(reads ? "consistency-unavailable" : "durability-unavailable"));
    if (!reads) {
      operation.getResponses().addAPIResponse("504", response("outcome-unknown"));
    }
  }

  private static Parameter parameter(String[] nameAndMeaning) {
    return OASFactory.createParameter()
        .name(nameAndMeaning[0])
        .in(Parameter.In.HEADER)
        .description(nameAndMeaning[1])
        .schema(text());
  }

  private static Header header(String meaning) {
    return OASFactory.createHeader().description(meaning).schema(text());
  }

  private static APIResponse response(String code) {
    return OASFactory.createAPIResponse().description("A problem (RFC 9457) with code " + code);
  }

  private static Schema text() {
    return OASFactory.createSchema().addType(Schema.SchemaType.STRING);
  }
}
