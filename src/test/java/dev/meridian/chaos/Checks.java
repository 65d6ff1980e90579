package dev.meridian.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Goes through histories, one key at a time. */
final class Checks {

  private static final int MOST_FINDINGS = 20;

  private Checks() {}

  /** Takes one operation after the other, as they come. */
  interface Check {
    void take(Operation operation, Findings findings);

    /** There are no more. */
    void end(Findings findings);
  }

  /** What is wrong with one key, the first ones in words. */
  static final class Findings {
    private final String key;
    private final List<String> found = new ArrayList<>();
    private int more;

    private Findings(String key) {
      this.key = key;
    }

    void add(Operation operation, String why) {
      add(
          "process "
              + operation.process()
              + " in "
              + operation.region()
              + " at "
              + operation.nanos() / 1_000_000
              + " ms: "
              + operation.f()
              + " "
              + operation.value()
              + " "
              + operation.version()
              + ": "
              + why);
    }

    void add(String why) {
      if (found.size() < MOST_FINDINGS) {
        found.add(key + ": " + why);
      } else {
        more++;
      }
    }

    private List<String> all() {
      if (more > 0) {
        found.add(key + ": and " + more + " more");
      }
      return found;
    }
  }

  /** What is wrong, with a check of its own for each key. */
  static List<String> byKey(List<Operation> history, Supplier<Check> checks) {
    Map<String, Check> each = new LinkedHashMap<>();
    Map<String, Findings> findings = new LinkedHashMap<>();
    for (Operation operation : history) {
      if (operation.process() != Operation.NEMESIS) {
        String key = operation.key();
        each.computeIfAbsent(key, unused -> checks.get())
            .take(operation, findings.computeIfAbsent(key, Findings::new));
      }
    }
    List<String> wrong = new ArrayList<>();
    each.forEach(
        (key, check) -> {
          check.end(findings.get(key));
          wrong.addAll(findings.get(key).all());
        });
    return wrong;
  }
}
