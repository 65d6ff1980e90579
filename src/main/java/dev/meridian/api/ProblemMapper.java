package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns whatever went wrong into a problem (RFC 9457). */
class ProblemMapper {

  private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());

  @Inject ApiSettings settings;
  @Inject RandomGenerator random;

  @ServerExceptionMapper
  Response failed(StoreFailure failure, HttpServerRequest request) {
    return answer(failure, request);
  }

  @ServerExceptionMapper
  Response completed(CompletionException wrapper, HttpServerRequest request) {
    return wrapper.getCause() instanceof StoreFailure failure
        ? answer(failure, request)
        : unexpected(wrapper, request);
  }

  /** What Quarkus refuses before it comes to us: paths, methods, media types, body sizes. */
  @ServerExceptionMapper
  Response refused(WebApplicationException refusal, HttpServerRequest request) {
    int status = refusal.getResponse().getStatus();
    Response problem = answer(refusal(status, request), request);
    String allow = status == 405 ? KnownPaths.allowed(request.path()) : "";
    return allow.isEmpty()
        ? problem
        : Response.fromResponse(problem).header(HttpHeaders.ALLOW, allow).build();
  }

  @ServerExceptionMapper
  Response unexpected(Throwable fault, HttpServerRequest request) {
    return answer(
        new StoreFailure.Fault(
            FailureCode.INTERNAL_ERROR, "something went wrong in this region", fault),
        request);
  }

  private static StoreFailure refusal(int status, HttpServerRequest request) {
    return switch (status) {
      case 404 -> mistake(FailureCode.NOT_FOUND, "there is nothing at this path");
      case 405 ->
          mistake(
              FailureCode.METHOD_NOT_ALLOWED,
              request.method().name() + " is not offered at this path");
      case 406 ->
          mistake(
              FailureCode.NOT_ACCEPTABLE,
              "the answer is JSON; send an Accept header that takes it, or none");
      case 413 -> mistake(FailureCode.BODY_TOO_LARGE, "the body is larger than this path takes");
      case 415 ->
          mistake(
              FailureCode.UNSUPPORTED_MEDIA_TYPE,
              request.method().equals(HttpMethod.PATCH)
                  ? "the Content-Type of a patch is one of " + PatchResource.OFFERED
                  : "this path does not take a body of this Content-Type");
      default ->
          status < 500
              ? mistake(FailureCode.INVALID_REQUEST, "the request could not be read")
              : new StoreFailure.Fault(
                  FailureCode.INTERNAL_ERROR,
                  "something went wrong in this region",
                  new IllegalStateException("status " + status));
    };
  }

  private static StoreFailure mistake(FailureCode code, String detail) {
    return new StoreFailure.CallerMistake(code, detail);
  }

  private Response answer(StoreFailure failure, HttpServerRequest request) {
    String traceId = Problems.traceId(random);
    if (failure instanceof StoreFailure.Fault) {
      LOG.log(
          System.Logger.Level.ERROR,
          "event=request-failed traceId=" + traceId + " path=" + request.path(),
          failure.getCause());
    }
    Response.ResponseBuilder response =
        Response.status(Problems.status(failure.code()))
            .entity(
                Buffer.buffer(Problems.render(failure, request.path(), settings.region(), traceId)))
            .type(Problems.MEDIA_TYPE)
            .header(Answers.REGION, settings.region());
    if (failure.code() == FailureCode.UNSUPPORTED_MEDIA_TYPE
        && request.method().equals(HttpMethod.PATCH)) {
      response.header("Accept-Patch", PatchResource.OFFERED);
    }
    if (failure instanceof StoreFailure.Unavailable) {
      response.header(HttpHeaders.RETRY_AFTER, "1");
    }
    return response.build();
  }
}
