package dev.meridian.document;

import java.util.Map;
import java.util.Optional;

/**
 * Why something was not done, in one of four kinds. The kind says what the caller may conclude and
 * whether trying again can help; the code says what exactly happened; the message says what was
 * expected, what was found, and what to do.
 *
 * <p>Carries no stack trace unless it is our own fault.
 */
public abstract sealed class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final transient Map<String, Object> members;

  private StoreFailure(
      FailureCode code,
      String detail,
      Map<String, Object> members,
      Optional<Throwable> cause,
      boolean withStackTrace) {
    super(detail, cause.orElse(null), false, withStackTrace);
    this.code = code;
    this.members = members;
  }

  public final FailureCode code() {
    return code;
  }

  /** Further facts for the caller, by camelCase name: for example {@code currentVersion}. */
  public final Map<String, Object> members() {
    return members;
  }

  /** True when the same request may succeed later without being changed. */
  public abstract boolean retryable();

  /** The request is wrong or does not fit the state; nothing was changed. */
  public static final class CallerMistake extends StoreFailure {
    private static final long serialVersionUID = 1L;

    public CallerMistake(FailureCode code, String detail) {
      this(code, detail, Map.of());
    }

    public CallerMistake(FailureCode code, String detail, Map<String, Object> members) {
      super(code, detail, members, Optional.empty(), false);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }

  /** Not now: nothing was changed, and trying again later is safe. */
  public static final class Unavailable extends StoreFailure {
    private static final long serialVersionUID = 1L;

    public Unavailable(FailureCode code, String detail) {
      this(code, detail, Map.of());
    }

    public Unavailable(FailureCode code, String detail, Map<String, Object> members) {
      super(code, detail, members, Optional.empty(), false);
    }

    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** Our fault. Nothing was acknowledged. */
  public static final class Fault extends StoreFailure {
    private static final long serialVersionUID = 1L;

    public Fault(FailureCode code, String detail, Throwable cause) {
      super(code, detail, Map.of(), Optional.of(cause), true);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }

  /** The change may or may not have happened; repeat it only if it is idempotent. */
  public static final class OutcomeUnknown extends StoreFailure {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknown(String detail) {
      this(detail, Map.of());
    }

    public OutcomeUnknown(String detail, Map<String, Object> members) {
      super(FailureCode.OUTCOME_UNKNOWN, detail, members, Optional.empty(), false);
    }

    @Override
    public boolean retryable() {
      return false;
    }
  }
}
