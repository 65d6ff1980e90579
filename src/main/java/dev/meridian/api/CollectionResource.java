package dev.meridian.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.meridian.coordinator.Collections;
import dev.meridian.coordinator.Collections.CollectionInfo;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Precondition;
import dev.meridian.document.StoreFailure;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Collections and their settings. */
@Path("/v1/collections")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Collections")
@NonBlocking
public class CollectionResource {

  private static final JsonFactory JSON = new JsonFactory();

  private final Collections collections;
  private final ApiSettings settings;

  @Inject
  CollectionResource(Collections collections, ApiSettings settings) {
    this.collections = collections;
    this.settings = settings;
  }

  @GET
  @Operation(summary = "All collections", description = "By name, with settings and counts.")
  public Response list(@Context HttpServerRequest request) {
    QueryParameters.none(request);
    return ok(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("collections");
          for (CollectionInfo collection : collections.list()) {
            write(json, collection);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  @GET
  @Path("/{collection}")
  @Operation(summary = "One collection", description = "Its settings and counts.")
  public Response get(@RestPath String collection, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    CollectionName name = new CollectionName(collection);
    CollectionInfo info = collections.find(name).orElseThrow(() -> absent(name));
    return ok(json -> write(json, info));
  }

  @PUT
  @Path("/{collection}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Create a collection or change its settings",
      description =
          "In every region. Settings that are left out take their defaults; unknown ones are refused."
              + " placement names the regions that hold the documents: {\"regions\":[\"eu\"],"
              + " \"prefixes\":{\"us/\":[\"us\"]}, \"field\":\"/country\", \"map\":{\"fr\":[\"eu\"]},"
              + " \"hints\":\"forbid\"|\"allow\"}; the field decides before the longest prefix, that"
              + " before regions. It counts for what is written from then on.")
  public Uni<Response> put(
      @RestPath String collection, byte[] body, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    CollectionName name = new CollectionName(collection);
    Bytes json = body.length == 0 ? Bytes.utf8("{}") : new Bytes(body);
    return Uni.createFrom()
        .completionStage(collections.configure(name, json, unconditional(request)))
        .map(
            done -> {
              Answers.put(request.response(), settings.region(), done.answer());
              done.unconfirmed().ifPresent(CollectionResource::fail);
              Response.ResponseBuilder response =
                  done.created()
                      ? Response.created(URI.create("/v1/collections/" + name))
                      : Response.ok();
              return response
                  .entity(Answers.body(bytes(out -> write(out, done.collection()))))
                  .type(MediaType.APPLICATION_JSON_TYPE)
                  .build();
            });
  }

  @DELETE
  @Path("/{collection}")
  @Operation(
      summary = "Drop a collection",
      description = "With all its documents, in every region. What is written to it later stays.")
  public Uni<Response> delete(@RestPath String collection, @Context HttpServerRequest request) {
    QueryParameters.none(request);
    CollectionName name = new CollectionName(collection);
    return Uni.createFrom()
        .completionStage(collections.drop(name, unconditional(request)))
        .map(
            done -> {
              Answers.put(request.response(), settings.region(), done.answer());
              done.unconfirmed().ifPresent(CollectionResource::fail);
              return Response.noContent().build();
            });
  }

  private static void fail(StoreFailure unconfirmed) {
    throw unconfirmed;
  }

  /** Collections have no ETag yet, so a condition on one would be ignored: it is refused. */
  private static WriteOptions unconditional(HttpServerRequest request) {
    WriteOptions options = RequestOptions.write(request.headers());
    if (!(options.precondition() instanceof Precondition.None)) {
      throw RequestOptions.invalid(
          "If-Match / If-None-Match", "cannot be used with collections, only with documents");
    }
    return options;
  }

  private Response ok(JsonWriter writer) {
    return Response.ok(Answers.body(bytes(writer)), MediaType.APPLICATION_JSON_TYPE)
        .header(Answers.REGION, settings.region())
        .build();
  }

  private static void write(JsonGenerator json, CollectionInfo collection) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", collection.name().value());
    json.writeNumberField("count", collection.count());
    json.writeNumberField("bytes", collection.bytes());
    json.writeNumberField("conflictsOpen", collection.conflictsOpen());
    json.writeStringField("createdAt", Instants.text(collection.createdAtMillis()));
    String inside = collection.settingsJson().utf8();
    json.writeRaw("," + inside.substring(1, inside.length() - 1));
    json.writeEndObject();
  }

  private static StoreFailure absent(CollectionName name) {
    return new StoreFailure.CallerMistake(
        FailureCode.COLLECTION_NOT_FOUND, "there is no collection '" + name + "'");
  }

  private static Bytes bytes(JsonWriter writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writer.write(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Bytes(out.toByteArray());
  }

  /** Writes one value. */
  private interface JsonWriter {
    void write(JsonGenerator json) throws IOException;
  }
}
