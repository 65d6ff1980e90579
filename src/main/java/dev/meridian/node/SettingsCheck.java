package dev.meridian.node;

import dev.meridian.document.JsonLimits;
import dev.meridian.replication.LagTargets;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.stream.Collectors;

/**
 * The bounds of the settings. Checked when the node starts rather than while the configuration is
 * read, so that a wrong setting is one clear line and not a stack trace.
 */
record SettingsCheck(
    @Pattern(regexp = "[a-z][a-z0-9-]{0,31}") String region,
    @DecimalMin("-90") @DecimalMax("90") double lat,
    @DecimalMin("-180") @DecimalMax("180") double lon,
    @Size(max = 64) String label,
    @Min(1024) @Max(8 << 20) int documentMaxBytes,
    @Min(1) @Max(3_600_000) long clockMaxDriftMillis,
    @Min(1 << 20) @Max(1 << 30) long logSegmentBytes,
    @Min(4 << 20) @Max(1L << 40) long logKeepBytes,
    @Min(64 << 10) @Max(4L << 30) long memtableBytes,
    @Min(0) @Max(64L << 30) long cacheBytes,
    @Min(0) @Max(31_536_000) long scrubEverySeconds,
    @Min(10) @Max(10_000) long replicationHeartbeatMillis,
    @Min(0) @Max(31_536_000) long repairEverySeconds,
    @Min(0) @Max(31_536_000) long repairLookEverySeconds,
    @Min(0) @Max(31_536_000) long repairProveEverySeconds,
    @Min(64 << 10) @Max(10L << 30) long repairBytesPerSecond,
    @Size(min = 16, max = 1024) String clusterKey) {

  /** For no key: what is secret is not told when something is wrong with it. */
  private static final String NO_KEY = "x".repeat(16);

  static SettingsCheck of(NodeConfig config) {
    lagTargets(config);
    return new SettingsCheck(
        config.region(),
        config.lat(),
        config.lon(),
        config.label().orElse(""),
        config.document().maxBytes(),
        config.clock().maxDrift().toMillis(),
        config.log().segmentBytes(),
        config.log().keepBytes(),
        config.memtable().bytes(),
        config.cache().bytes(),
        config.scrub().every().toSeconds(),
        config.replication().heartbeat().toMillis(),
        config.repair().every().toSeconds(),
        config.repair().lookEvery().toSeconds(),
        config.repair().proveEvery().toSeconds(),
        config.repair().bytesPerSecond(),
        config.cluster().key().orElse(NO_KEY));
  }

  /** An {@link IllegalArgumentException} for targets that cannot be. */
  static LagTargets lagTargets(NodeConfig config) {
    NodeConfig.Slo.Lag lag = config.slo().lag();
    try {
      return new LagTargets(lag.p50(), lag.p95(), lag.p99(), lag.p999());
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "the settings meridian.slo.lag: " + wrong.getMessage(), wrong);
    }
  }

  static JsonLimits json(NodeConfig config) {
    return new JsonLimits(config.document().maxBytes(), JsonLimits.DEFAULTS.maxDepth());
  }

  /** An {@link IllegalArgumentException} that names every setting out of its bounds. */
  void check(Validator validator) {
    String violations =
        validator.validate(this).stream()
            .map(SettingsCheck::text)
            .sorted()
            .collect(Collectors.joining("; "));
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(violations);
    }
  }

  private static String text(ConstraintViolation<SettingsCheck> violation) {
    return "the setting "
        + violation.getPropertyPath()
        + " "
        + violation.getMessage()
        + (violation.getPropertyPath().toString().equals("clusterKey")
            ? ""
            : ", but is " + violation.getInvalidValue());
  }
}
