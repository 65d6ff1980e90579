package dev.meridian.api;

import dev.meridian.env.WallClock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the API's requests and how long they took, by method. The stock binder tags, hashes and
 * samples for each request, which cost a tenth of a read; this adds to three counters.
 */
@ApplicationScoped
class RequestFigures {

  /** Before everything but the check of the target. */
  private static final int PRIORITY = 9_999;

  private static final List<HttpMethod> METHODS =
      List.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.PUT,
          HttpMethod.POST,
          HttpMethod.PATCH,
          HttpMethod.DELETE);

  /** Status classes 1xx to 5xx. */
  private static final int CLASSES = 5;

  /** Upper bounds of the latency buckets, in microseconds. */
  private static final long[] BUCKET_MICROS = {
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000
  };

  private final WallClock clock;
  private final List<Figures> figures = new ArrayList<>();

  private static final class Figures {
    private final LongAdder[] statuses = adders(CLASSES);
    private final LongAdder[] buckets = adders(BUCKET_MICROS.length + 1);
    private final LongAdder nanos = new LongAdder();

    private static LongAdder[] adders(int count) {
      LongAdder[] adders = new LongAdder[count];
      for (int i = 0; i < count; i++) {
        adders[i] = new LongAdder();
      }
      return adders;
    }

    void add(int status, long took) {
      statuses[Math.clamp(status / 100 - 1, 0, CLASSES - 1)].increment();
      nanos.add(took);
      long micros = took / 1000;
      int bucket = 0;
      while (bucket < BUCKET_MICROS.length && micros > BUCKET_MICROS[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
    }

    long count() {
      long count = 0;
      for (LongAdder status : statuses) {
        count += status.sum();
      }
      return count;
    }

    /** Requests that took at most as long as a bucket's bound. */
    long upTo(int bucket) {
      long count = 0;
      for (int i = 0; i <= bucket; i++) {
        count += buckets[i].sum();
      }
      return count;
    }
  }

  @Inject
  RequestFigures(MeterRegistry registry, WallClock clock) {
    this.clock = clock;
    for (HttpMethod method : METHODS) {
      Figures each = new Figures();
      figures.add(each);
      register(registry, method.name(), each);
    }
  }

  void register(@Observes Filters filters) {
    filters.register(this::count, PRIORITY);
  }

  private void count(RoutingContext context) {
    int method = METHODS.indexOf(context.request().method());
    if (method >= 0 && context.request().path().startsWith("/v1")) {
      long start = clock.nanos();
      context.addEndHandler(
          ended ->
              figures.get(method).add(context.response().getStatusCode(), clock.nanos() - start));
    }
    context.next();
  }

  private static void register(MeterRegistry registry, String method, Figures figures) {
    for (int i = 0; i < CLASSES; i++) {
      int index = i;
      FunctionCounter.builder("meridian.requests", figures, f -> f.statuses[index].sum())
          .description("Requests answered, by method and class of status")
          .tags("method", method, "status", (i + 1) + "xx")
          .register(registry);
    }
    for (int i = 0; i < BUCKET_MICROS.length; i++) {
      int index = i;
      FunctionCounter.builder("meridian.requests.within", figures, f -> f.upTo(index))
          .description("Requests answered within so many milliseconds")
          .tags("method", method, "ms", Double.toString(BUCKET_MICROS[i] / 1000.0))
          .register(registry);
    }
    FunctionTimer.builder(
            "meridian.requests.time",
            figures,
            Figures::count,
            f -> f.nanos.sum(),
            TimeUnit.NANOSECONDS)
        .description("Time from a request's head to the end of its answer")
        .tags("method", method)
        .register(registry);
  }
}
