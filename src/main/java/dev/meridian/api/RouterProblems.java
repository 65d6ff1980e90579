package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.random.RandomGenerator;

/** Problems for what the router refuses before any resource is asked. */
class RouterProblems {

  private static final int AFTER_RESOURCES = 9_000;
  private static final int LAST = 100_000;

  @Inject ApiSettings settings;
  @Inject RandomGenerator random;

  void register(@Observes Router router) {
    // Resources let what they do not know pass, to the servlet that would answer with a page.
    router.route("/v1/*").order(AFTER_RESOURCES).handler(this::unknown);
    router.route().order(LAST).handler(this::nothing);
    router.errorHandler(
        400,
        context ->
            answer(
                context,
                FailureCode.INVALID_REQUEST,
                "the request cannot be read; is every % in the path followed by two hex digits?"));
    router.errorHandler(404, this::nothing);
  }

  private void unknown(RoutingContext context) {
    String allowed = KnownPaths.allowed(context.request().path());
    if (allowed.isEmpty()) {
      nothing(context);
      return;
    }
    context.response().putHeader("Allow", allowed);
    answer(
        context,
        FailureCode.METHOD_NOT_ALLOWED,
        context.request().method().name() + " is not offered at this path, only " + allowed);
  }

  private void nothing(RoutingContext context) {
    answer(context, FailureCode.NOT_FOUND, "there is nothing at this path");
  }

  private void answer(RoutingContext context, FailureCode code, String detail) {
    if (context.response().ended()) {
      return;
    }
    byte[] problem =
        Problems.render(
            new StoreFailure.CallerMistake(code, detail),
            context.request().path(),
            settings.region(),
            Problems.traceId(random));
    context
        .response()
        .setStatusCode(Problems.status(code))
        .putHeader("Content-Type", Problems.MEDIA_TYPE)
        .putHeader(Answers.REGION, settings.region())
        .end(Buffer.buffer(problem));
  }
}
