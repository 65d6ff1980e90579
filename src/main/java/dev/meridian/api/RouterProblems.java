package dev.meridian.api;

import dev.meridian.document.FailureCode;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** Problems for what the router refuses before any resource is asked. */
class RouterProblems {

  /** Before everything that looks at the path. */
  private static final int FIRST = 10_000;

  private static final int AFTER_RESOURCES = 9_000;
  private static final int LAST = 100_000;

  @Inject RouterAnswers answers;

  void register(@Observes Filters filters) {
    filters.register(this::target, FIRST);
  }

  void register(@Observes Router router) {
    // Resources let what they do not know pass, to the servlet that would answer with a page.
    router.route().order(AFTER_RESOURCES).handler(this::unknown);
    router.route().order(LAST).handler(this::nothing);
    router.errorHandler(400, this::malformed);
    router.errorHandler(404, this::nothing);
  }

  private void target(RoutingContext context) {
    if (RequestTarget.isWellFormed(context.request().uri())) {
      context.next();
    } else {
      malformed(context);
    }
  }

  private void malformed(RoutingContext context) {
    answers.refuse(
        context,
        FailureCode.INVALID_REQUEST,
        "the path or the query is malformed: each % needs two hex digits, and what is no letter,"
            + " digit or one of -._~!$&'()*+,;=:@/? is percent-encoded");
  }

  private void unknown(RoutingContext context) {
    String path = context.request().path();
    if (KnownPaths.belongToConsole(path)) {
      context.next();
      return;
    }
    String allowed = KnownPaths.allowed(path);
    if (allowed.isEmpty()) {
      nothing(context);
      return;
    }
    OptionsAnswers.put(context.response(), allowed);
    answers.refuse(
        context,
        FailureCode.METHOD_NOT_ALLOWED,
        context.request().method().name() + " is not offered at this path, only " + allowed);
  }

  private void nothing(RoutingContext context) {
    answers.refuse(context, FailureCode.NOT_FOUND, "there is nothing at this path");
  }
}
