package dev.meridian.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a node, as environment variables ({@code MERIDIAN_REGION}) or properties ({@code
 * meridian.region}). {@link SettingsCheck} holds their bounds. Each room documents what its own
 * settings do; here they get their names.
 */
@ConfigMapping(prefix = "meridian")
public interface NodeConfig {

  /** Name of this region. */
  @WithDefault("local")
  String region();

  /** The other regions: {@code us=http://host:port,ap=http://host:port}. Empty: there are none. */
  Optional<String> peers();

  /** Where the data is; made when it is missing. Nothing is written elsewhere. */
  @WithDefault("./data")
  Path dataDir();

  /** Degrees north of the equator, for maps. */
  @WithDefault("0")
  double lat();

  /** Degrees east of Greenwich, for maps. */
  @WithDefault("0")
  double lon();

  /** A place name for people. */
  Optional<String> label();

  Document document();

  Collections collections();

  Clock clock();

  Log log();

  Memtable memtable();

  Cache cache();

  Scrub scrub();

  Replication replication();

  Repair repair();

  Cluster cluster();

  Slo slo();

  Chaos chaos();

  /** Documents. */
  interface Document {
    /** The most bytes of a document's JSON, 1 KiB to 8 MiB. */
    @WithDefault("1048576")
    int maxBytes();
  }

  /** Collections. */
  interface Collections {
    /** Whether writing to a collection that does not exist creates it. */
    @WithDefault("true")
    boolean autoCreate();
  }

  /** The region's clock. */
  interface Clock {
    /** How far ahead of this region's wall clock a peer's timestamp may lie. */
    @WithDefault("60s")
    Duration maxDrift();
  }

  /** The write-ahead log. */
  interface Log {
    /** Size of a segment, 1 MiB to 1 GiB. Larger than the largest document by some. */
    @WithDefault("67108864")
    long segmentBytes();

    /**
     * A larger log loses its oldest segments once tables have what is in them, 4 MiB to 1 TiB.
     * Regions that lack some of that are filled anew.
     */
    @WithDefault("17179869184")
    long keepBytes();
  }

  /** The memtable. */
  interface Memtable {
    /** Heap it may take before it is written out as a table, 64 KiB to 4 GiB. */
    @WithDefault("67108864")
    long bytes();
  }

  /** The cache of documents read from tables. */
  interface Cache {
    /** Heap it may take, 0 to 64 GiB. */
    @WithDefault("67108864")
    long bytes();
  }

  /** The check of all bytes at rest. */
  interface Scrub {
    /** How often it is started; zero: only when asked for. */
    @WithDefault("24h")
    Duration every();
  }

  /** Links between regions. */
  interface Replication {
    /** How often a region says how far it is when it has nothing else to say. */
    @WithDefault("100ms")
    Duration heartbeat();
  }

  /** Comparison of the data of regions. */
  interface Repair {
    /** How often with each peer, a fifth more or less; zero: only when asked for. */
    @WithDefault("10m")
    Duration every();

    /** After how long a scheduled one looks through all data, not only at hashes; zero: never. */
    @WithDefault("24h")
    Duration lookEvery();

    /** How often a proof is made that all regions are the same; zero: only when asked for. */
    @WithDefault("0s")
    Duration proveEvery();

    /** What one repair sends and receives at most, 64 KiB to 10 GiB. */
    @WithDefault("33554432")
    long bytesPerSecond();
  }

  /** What all regions share. */
  interface Cluster {
    /**
     * Signs what a region proves; 16 characters or more, the same in all regions. Without one each
     * region signs with a key of its own, which it keeps with its data.
     */
    Optional<String> key();
  }

  /** What the node should keep to. */
  interface Slo {
    Lag lag();

    /** Lag of a link in ms, by percentile; none below the one before, an hour at most. */
    interface Lag {
      @WithDefault("10")
      long p50();

      @WithDefault("100")
      long p95();

      @WithDefault("500")
      long p99();

      @WithDefault("2000")
      long p999();
    }
  }

  /** Faults on purpose. */
  interface Chaos {
    /** Whether the chaos endpoints work. Never in production. */
    @WithDefault("false")
    boolean enabled();
  }
}
