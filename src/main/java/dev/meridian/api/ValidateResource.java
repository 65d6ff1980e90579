package dev.meridian.api;

import dev.meridian.coordinator.Repairs;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The proof that all regions hold the same data. */
@Path("/v1/cluster/validate")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Repair")
@NonBlocking
public class ValidateResource {

  private final Repairs repairs;
  private final ApiSettings settings;

  @Inject
  ValidateResource(Repairs repairs, ApiSettings settings) {
    this.repairs = repairs;
    this.settings = settings;
  }

  @POST
  @Operation(
      summary = "Start to prove that regions hold the same data",
      description =
          "Every region hashes each collection as it was at one moment, up to which all of them have"
              + " everything; what is written meanwhile changes nothing of that.")
  public Response post() {
    return answer(Response.Status.ACCEPTED, repairs.prove());
  }

  @GET
  @Operation(
      summary = "The proof under way, or the last one",
      description =
          "differing are the first documents that are not the same, each with its range (of 256) and"
              + " checksums; untold counts documents of which some region does not keep any more what"
              + " they were. signature is the HMAC-SHA-256, in hexadecimal, of this answer without"
              + " its last member, by the key meridian.cluster.key.")
  public Response get() {
    return answer(Response.Status.OK, repairs.proof());
  }

  private Response answer(Response.Status status, Repairs.ProofStatus proof) {
    return Response.status(status)
        .entity(Answers.body(proof.json()))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .header(Answers.REGION, settings.region())
        .build();
  }
}
