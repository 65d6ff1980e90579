package dev.meridian.api;

import dev.meridian.coordinator.Drills;
import dev.meridian.document.CollectionName;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Damage on purpose, where it is allowed. */
@Path("/v1/chaos/damage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Chaos")
@NonBlocking
public class DrillResource {

  private static final RequestJson<DrillRequest> JSON =
      new RequestJson<>(
          DrillRequest.class,
          "the body has collection (a name), documents (1 to "
              + Drills.MAX_DOCUMENTS
              + ") and how (lose, lose-newest or alter), and nothing else");

  private final Drills drills;
  private final ApiSettings settings;

  @Inject
  DrillResource(Drills drills, ApiSettings settings) {
    this.drills = drills;
    this.settings = settings;
  }

  /** What to damage. */
  public static final class DrillRequest {
    public String collection = "";
    public int documents;
    public String how = "";
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Lose or alter documents of this region beneath its log",
      description =
          "collection, documents (1 to 100000, chosen by chance) and how (lose, lose-newest or alter). Replication"
              + " does not hear of it; reads show it until a repair mends it. 403 unless"
              + " meridian.chaos.enabled=true.")
  public CompletionStage<Response> post(byte[] body) {
    DrillRequest request = JSON.read(body);
    Drills.Harm harm = Drills.Harm.of(request.how).orElseThrow(JSON::mistake);
    if (request.documents < 1 || request.documents > Drills.MAX_DOCUMENTS) {
      throw JSON.mistake();
    }
    return drills
        .damage(new CollectionName(request.collection), request.documents, harm)
        .thenApply(
            damaged ->
                Response.ok(
                        new DrillAnswer(request.collection, damaged.documents(), damaged.some()))
                    .header(Answers.REGION, settings.region())
                    .build());
  }

  /**
   * What was done.
   *
   * @param some ids of the first documents
   */
  public record DrillAnswer(String collection, int documents, List<String> some) {}
}
