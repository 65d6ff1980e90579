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

  @Inject ApiSettings settings;
  @Inject RandomGenerator random;

  void register(@Observes Router router) {
    router.errorHandler(
        400,
        context ->
            answer(
                context,
                FailureCode.INVALID_REQUEST,
                "the request cannot be read; is every % in the path followed by two hex digits?"));
    router.errorHandler(
        404, context -> answer(context, FailureCode.NOT_FOUND, "there is nothing at this path"));
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
