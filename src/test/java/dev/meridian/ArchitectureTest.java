package dev.meridian;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The map of rooms. Every rule also has a planted violation, in the packages {@code planted.*},
 * that it must find: a rule that was never seen to fail may not check anything.
 */
class ArchitectureTest {

  private static final String ROOT = "dev.meridian";

  /** A room and all it may use, besides the floor: {@code env} and {@code clock}. */
  private static final Map<String, Set<String>> MAP =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("env", Set.of()),
              Map.entry("clock", Set.of()),
              Map.entry("crdt", Set.of()),
              Map.entry("document", Set.of("crdt")),
              Map.entry("wal", Set.of()),
              Map.entry("engine", Set.of("crdt", "document", "wal")),
              Map.entry("cluster", Set.of("document")),
              Map.entry("replication", Set.of("engine", "cluster", "document")),
              Map.entry("repair", Set.of("engine", "cluster", "document")),
              Map.entry(
                  "coordinator",
                  Set.of("repair", "replication", "engine", "cluster", "document", "crdt")),
              Map.entry("api", Set.of("coordinator", "document")),
              Map.entry("console", Set.of("coordinator", "document", "crdt")),
              Map.entry("node", Set.of("*"))));

  private static final Set<String> FLOOR = Set.of("env", "clock");

  /** Packages within a room that stand between it and a technology. */
  private static final Set<String> ADAPTERS = Set.of("engine.mapdb", "cluster.http");

  private static final List<String> FRAMEWORKS =
      List.of(
          "io.quarkus.", "jakarta.", "com.vaadin.", "io.vertx.", "io.smallrye.", "io.micrometer.");

  private static final Set<String> MAY_USE_FRAMEWORKS =
      Set.of("api", "console", "cluster.http", "node");

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static JavaClasses planted(String name) {
    return new ClassFileImporter().importPackages("planted." + name);
  }

  @Test
  void everyRoomUsesOnlyWhatTheMapAllows() {
    assertNone(forbiddenArrows(OURS, ROOT));
    assertFound(forbiddenArrows(planted("arrow"), "planted.arrow"));
  }

  @Test
  void noRoomImportsItsOwnAdapter() {
    assertNone(adapterImports(OURS, ROOT));
    assertFound(adapterImports(planted("adapter"), "planted.adapter"));
  }

  @Test
  void roomsAreFreeOfCycles() {
    assertFalse(cycles(OURS, ROOT).hasViolation(), () -> cycles(OURS, ROOT).toString());
    assertTrue(cycles(planted("cycle"), "planted.cycle").hasViolation());
  }

  @Test
  void everyPackageIsARoomOnTheMap() {
    assertNone(unknownRooms(OURS, ROOT));
    assertFound(unknownRooms(planted("unknown"), "planted.unknown"));
  }

  @Test
  void frameworksStayBehindTheirLine() {
    assertNone(frameworkLeaks(OURS, ROOT));
    assertFound(frameworkLeaks(planted("framework"), "planted.framework"));
  }

  @Test
  void onlyTheAdapterImportsMapDb() {
    assertNone(mapDbLeaks(OURS, ROOT));
    assertFound(mapDbLeaks(planted("mapdb"), "planted.mapdb"));
  }

  @Test
  void timeChanceAndThreadsComeThroughConstructors() {
    assertNone(unrepeatable(OURS, ROOT));
    List<String> found = unrepeatable(planted("time"), "planted.time");
    for (String each :
        List.of("currentTimeMillis", "nanoTime", "sleep", "Random", "Thread", "randomUUID")) {
      assertTrue(
          found.stream().anyMatch(violation -> violation.contains(each)), each + " in " + found);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"env", "clock", "document", "wal", "engine", "cluster", "replication", "repair"})
  void theRoomsOfTheMapAreThere(String room) {
    assertTrue(OURS.stream().anyMatch(c -> room.equals(room(c, ROOT))), room);
  }

  private static List<String> forbiddenArrows(JavaClasses classes, String root) {
    List<String> violations = new ArrayList<>();
    for (JavaClass from : classes) {
      Set<String> allowed = MAP.getOrDefault(room(from, root), Set.of());
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String target = room(dependency.getTargetClass(), root);
        boolean free =
            target.isEmpty()
                || target.equals(room(from, root))
                || FLOOR.contains(target) && !FLOOR.contains(room(from, root))
                || room(from, root).equals("clock") && target.equals("env")
                || allowed.contains(target)
                || allowed.contains("*");
        if (!free) {
          violations.add(dependency.getDescription());
        }
      }
    }
    return violations;
  }

  private static List<String> adapterImports(JavaClasses classes, String root) {
    List<String> violations = new ArrayList<>();
    for (JavaClass from : classes) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String adapter = within(dependency.getTargetClass(), root);
        boolean own =
            ADAPTERS.contains(adapter)
                && room(dependency.getTargetClass(), root).equals(room(from, root))
                && !within(from, root).equals(adapter);
        if (own) {
          violations.add(dependency.getDescription());
        }
      }
    }
    return violations;
  }

  private static EvaluationResult cycles(JavaClasses classes, String root) {
    return SlicesRuleDefinition.slices()
        .matching(root + ".(*)..")
        .should()
        .beFreeOfCycles()
        .evaluate(classes);
  }

  private static List<String> unknownRooms(JavaClasses classes, String root) {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass each : classes) {
      String within = within(each, root);
      if (!MAP.containsKey(within) && !ADAPTERS.contains(within)) {
        unknown.add(each.getName());
      }
    }
    return List.copyOf(unknown);
  }

  private static List<String> frameworkLeaks(JavaClasses classes, String root) {
    List<String> violations = new ArrayList<>();
    for (JavaClass from : classes) {
      if (!MAY_USE_FRAMEWORKS.contains(within(from, root))) {
        violations.addAll(dependenciesOn(from, FRAMEWORKS));
      }
    }
    return violations;
  }

  private static List<String> mapDbLeaks(JavaClasses classes, String root) {
    List<String> violations = new ArrayList<>();
    for (JavaClass from : classes) {
      if (!within(from, root).equals("engine.mapdb")) {
        violations.addAll(dependenciesOn(from, List.of("org.mapdb.")));
      }
    }
    return violations;
  }

  private static List<String> dependenciesOn(JavaClass from, List<String> packages) {
    return from.getDirectDependenciesFromSelf().stream()
        .filter(d -> packages.stream().anyMatch(d.getTargetClass().getName()::startsWith))
        .map(Dependency::getDescription)
        .toList();
  }

  private static List<String> unrepeatable(JavaClasses classes, String root) {
    List<String> violations = new ArrayList<>();
    for (JavaClass from : classes) {
      String room = room(from, root);
      if (room.equals("env") || room.equals("node")) {
        continue;
      }
      from.getAccessesFromSelf().stream()
          .filter(access -> isUnrepeatable(access.getTarget()))
          .map(JavaAccess::getDescription)
          .forEach(violations::add);
      // A method reference is no call, but it is how System::currentTimeMillis slips through.
      from.getMethodReferencesFromSelf().stream()
          .filter(reference -> isUnrepeatable(reference.getTarget()))
          .map(JavaAccess::getDescription)
          .forEach(violations::add);
    }
    return violations;
  }

  private static boolean isUnrepeatable(AccessTarget target) {
    String owner = target.getOwner().getName();
    String name = target.getName();
    return switch (owner) {
      case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
      case "java.lang.Thread" ->
          Set.of("<init>", "sleep", "ofVirtual", "ofPlatform", "startVirtualThread").contains(name);
      case "java.time.Instant", "java.time.LocalDateTime", "java.time.ZonedDateTime" ->
          name.equals("now");
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.lang.Math" -> name.equals("random");
      case "java.util.Random", "java.security.SecureRandom" -> name.equals("<init>");
      case "java.util.concurrent.ThreadLocalRandom" -> name.equals("current");
      case "java.util.random.RandomGenerator" -> name.equals("getDefault") || name.equals("of");
      case "java.util.concurrent.Executors" -> true;
      case "java.util.Timer" -> name.equals("<init>");
      default -> false;
    };
  }

  /** The package below the root: {@code engine.mapdb}. */
  private static String within(JavaClass type, String root) {
    String name = type.getPackageName();
    return name.startsWith(root + ".") ? name.substring(root.length() + 1) : "";
  }

  /** The room: {@code engine}. Empty for what is not ours. */
  private static String room(JavaClass type, String root) {
    String within = within(type, root);
    int dot = within.indexOf('.');
    return dot < 0 ? within : within.substring(0, dot);
  }

  private static void assertNone(List<String> violations) {
    assertTrue(violations.isEmpty(), () -> String.join("\n", violations));
  }

  private static void assertFound(List<String> violations) {
    assertFalse(violations.isEmpty(), "the planted violation was not found");
  }
}
