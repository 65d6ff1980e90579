package dev.meridian.api;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * The floor that the benchmarks measure against: what the stack costs when it only reads the body
 * and answers. Compiled into the benchmark build alone.
 */
@Path("/bench/floor")
@Produces(MediaType.APPLICATION_JSON)
public class FloorResource {

  private static final byte[] DOCUMENT =
      ("{\"n\":12345,\"name\":\"name 12345\",\"pad\":\"" + "x".repeat(258) + "\"}").getBytes();

  @GET
  public Uni<Buffer> get() {
    return Uni.createFrom().item(Buffer.buffer(DOCUMENT));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Uni<Buffer> post(byte[] body) {
    return Uni.createFrom().item(Buffer.buffer("{\"bytes\":" + body.length + "}"));
  }
}
