package dev.meridian.api;

import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.random.RandomGenerator;

/** Writes problems where no resource is asked. On the event loop of the request. */
@ApplicationScoped
class RouterAnswers {

  @Inject ApiSettings settings;
  @Inject RandomGenerator random;

  /** Answers, unless that has been done. */
  void refuse(RoutingContext context, FailureCode code, String detail) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    byte[] problem =
        Problems.render(
            new StoreFailure.CallerMistake(code, detail),
            context.request().path(),
            settings.region(),
            Problems.traceId(random));
    response
        .setStatusCode(Problems.status(code))
        .putHeader("Content-Type", Problems.MEDIA_TYPE)
        .putHeader(Answers.REGION, settings.region())
        .end(Buffer.buffer(problem));
  }

  /** As {@link #refuse}, and nothing more is read from the connection: its body has no end. */
  void refuseAndClose(RoutingContext context, FailureCode code, String detail) {
    context.response().putHeader("Connection", "close");
    refuse(context, code, detail);
  }
}
