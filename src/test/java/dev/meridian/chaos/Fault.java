package dev.meridian.chaos;

import dev.meridian.it.Await;
import dev.meridian.it.RegionProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** What can happen to a region, and how it ends. */
enum Fault {
  /** kill -9; its machine stays up. */
  KILL {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) {
      cluster.region(region).kill9();
      return "killed";
    }

    @Override
    void end(ChaosCluster cluster, String region) {
      cluster.region(region).start();
    }
  },
  /** SIGSTOP: others keep connections to it that say nothing. */
  PAUSE {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) {
      cluster.region(region).freeze();
      return "stopped in the middle of what it did";
    }

    @Override
    void end(ChaosCluster cluster, String region) {
      cluster.region(region).thaw();
    }
  },
  /** Nothing passes between it and some others, in one direction or both. */
  CUT {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) throws IOException {
      return links(cluster, region, random, "\"drop\":true");
    }

    @Override
    void end(ChaosCluster cluster, String region) throws IOException {
      healLinks(cluster, region);
    }
  },
  /** Messages are late, by different times. */
  SLOW {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) throws IOException {
      int delay = 20 + random.nextInt(600);
      return links(cluster, region, random, "\"delayMs\":" + delay + ",\"jitterMs\":" + delay);
    }

    @Override
    void end(ChaosCluster cluster, String region) throws IOException {
      healLinks(cluster, region);
    }
  },
  /** Some messages are lost. */
  LOSSY {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) throws IOException {
      return links(cluster, region, random, "\"lossPercent\":" + (1 + random.nextInt(30)));
    }

    @Override
    void end(ChaosCluster cluster, String region) throws IOException {
      healLinks(cluster, region);
    }
  },
  /** Its disk has no room left, or almost none. */
  FULL {
    @Override
    boolean isPossible(ChaosCluster cluster) {
      return cluster.names().stream().allMatch(name -> cluster.disk(name).isPresent());
    }

    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) throws IOException {
      long left = random.nextBoolean() ? 0 : random.nextInt(1 << 20);
      cluster.disk(region).orElseThrow().fill(left);
      return "its disk has room for " + left + " bytes";
    }

    /** A region whose log failed takes writes again when it is started again. */
    @Override
    void end(ChaosCluster cluster, String region) throws IOException {
      cluster.disk(region).orElseThrow().free();
      Await.until(
          region + " takes writes", Duration.ofSeconds(60), () -> takesWrites(cluster, region));
    }

    private boolean takesWrites(ChaosCluster cluster, String region) throws IOException {
      RegionProcess process = cluster.region(region);
      int status = process.put("/v1/collections/room/docs/" + region, "{}").statusCode();
      String mode = cluster.must(region, "GET", "/v1/cluster", "").path("mode").asText();
      if (mode.equals("read-only")) {
        process.terminate(Duration.ofSeconds(20));
        process.start();
      }
      return status / 100 == 2;
    }
  },
  /** Its clock is after or before the true time, now and then by more than others accept. */
  CLOCK {
    @Override
    String begin(ChaosCluster cluster, String region, RandomGenerator random) throws IOException {
      int most = random.nextInt(5) == 0 ? 75_000 : 5_000;
      int offset = random.nextInt(-most, most + 1);
      String body = "{\"offsetMs\":" + offset + ",\"forMs\":3600000}";
      cluster.must(region, "PUT", "/v1/chaos/clock", body);
      return "its clock is " + offset + " ms after the true time";
    }

    @Override
    void end(ChaosCluster cluster, String region) throws IOException {
      cluster.must(region, "DELETE", "/v1/chaos/clock", "");
    }
  };

  /** Does it; says what. */
  abstract String begin(ChaosCluster cluster, String region, RandomGenerator random)
      throws IOException;

  /** Ends it, and waits until the region works again. */
  abstract void end(ChaosCluster cluster, String region) throws IOException;

  /** Whether it can be done here. */
  boolean isPossible(ChaosCluster cluster) {
    return true;
  }

  /** As people write it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Fault of(String text) {
    return Arrays.stream(values())
        .filter(fault -> fault.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no fault '" + text + "'."));
  }

  private static String links(
      ChaosCluster cluster, String region, RandomGenerator random, String fault)
      throws IOException {
    String[] directions = {"both", "both", "in", "out"};
    String direction = directions[random.nextInt(directions.length)];
    boolean all = random.nextBoolean();
    var peers = cluster.names().stream().filter(name -> !name.equals(region)).toList();
    var some = all ? peers : java.util.List.of(peers.get(random.nextInt(peers.size())));
    String body = "{" + fault + ",\"direction\":\"" + direction + "\",\"forMs\":3600000}";
    for (String peer : some) {
      cluster.must(region, "PUT", "/v1/chaos/links/" + peer, body);
    }
    return some.stream().collect(Collectors.joining(", ", "links with ", " " + body));
  }

  private static void healLinks(ChaosCluster cluster, String region) throws IOException {
    for (String peer : cluster.names()) {
      if (!peer.equals(region)) {
        cluster.must(region, "DELETE", "/v1/chaos/links/" + peer, "");
      }
    }
  }

  /** How often each happened, for people. */
  static String text(Map<Fault, Integer> counts) {
    return counts.entrySet().stream()
        .map(each -> each.getKey().text() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }
}
