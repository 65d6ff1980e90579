package dev.meridian.console;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Who opens the bare address in a browser wants the console. */
@ApplicationScoped
public class RootRedirect {

  private static final int SEE_OTHER = 303;

  void register(@Observes Router router) {
    router
        .route(HttpMethod.GET, "/")
        .order(-1)
        .handler(
            request ->
                request
                    .response()
                    .setStatusCode(SEE_OTHER)
                    .putHeader("Location", "/console")
                    .end());
  }
}
