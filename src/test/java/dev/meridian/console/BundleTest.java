package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The committed bundle was made from the sources as they are. If it was not, a build would try to
 * make another, for which it needs npm and a network; {@code bin/bundle} makes one.
 */
class BundleTest {

  private static final Path BUNDLE = Path.of("src/main/bundles/prod.bundle");
  private static final Path FRONTEND = Path.of("src/main/frontend");
  private static final String REMEDY = "run bin/bundle and commit what it changes";

  private static JsonNode stats;

  @BeforeAll
  static void read() throws IOException {
    assertTrue(Files.exists(BUNDLE), "there is no " + BUNDLE + ": " + REMEDY);
    try (ZipFile zip = new ZipFile(BUNDLE.toFile());
        InputStream in = zip.getInputStream(zip.getEntry("config/stats.json"))) {
      stats = new ObjectMapper().readTree(in);
    }
  }

  @Test
  void everyFrontEndFileIsInItAsItIsNow() throws IOException {
    List<Path> files = sources();
    assertFalse(files.isEmpty());
    for (Path file : files) {
      String name = FRONTEND.relativize(file).toString();
      assertEquals(
          sha256(Files.readAllBytes(file)),
          stats.path("frontendHashes").path(name).asText(),
          name + " has changed: " + REMEDY);
    }
  }

  /** Our own files; what the build generates beside them is not committed. */
  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(FRONTEND)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(FRONTEND.resolve("generated")))
          .filter(file -> !file.getFileName().toString().equals("index.html"))
          .toList();
    }
  }

  @Test
  void everyModuleTheViewsNeedIsInIt() {
    Set<String> bundled = new TreeSet<>();
    stats.path("bundleImports").forEach(each -> bundled.add(each.asText()));
    List<String> missing =
        needed().stream()
            .flatMap(type -> Stream.of(type.getAnnotationsByType(JsModule.class)))
            .map(module -> module.value().replaceFirst("^\\./", ""))
            .filter(module -> bundled.stream().noneMatch(each -> each.endsWith(module)))
            .toList();
    assertEquals(List.of(), missing, REMEDY);
  }

  @Test
  void everyPackageIsInItWithTheSameVersion() throws IOException {
    JsonNode json = new ObjectMapper().readTree(Path.of("package.json").toFile());
    List<String> wrong = new ArrayList<>();
    for (Class<?> type : needed()) {
      for (NpmPackage each : type.getDeclaredAnnotationsByType(NpmPackage.class)) {
        if (type.getPackage().equals(WorldMap.class.getPackage())) {
          wrong.addAll(unlike(each, stats.path("packageJsonDependencies")));
          wrong.addAll(unlike(each, json.path("dependencies")));
        } else if (type.getPackageName().startsWith("com.vaadin.flow.component")
            && stats.path("npmModules").has(each.value())) {
          wrong.addAll(unlike(each, stats.path("npmModules")));
        }
      }
    }
    assertEquals(List.of(), wrong, REMEDY);
    assertEquals(
        json.path("vaadin").path("hash").asText(), stats.path("packageJsonHash").asText(), REMEDY);
    assertTrue(json.path("vaadin").path("disableUsageStatistics").asBoolean());
  }

  private static List<String> unlike(NpmPackage wanted, JsonNode versions) {
    String found = versions.path(wanted.value()).asText();
    return found.equals(wanted.version())
        ? List.of()
        : List.of(wanted.value() + " " + wanted.version() + ", found " + found);
  }

  /** Our components and those they use. */
  private static Set<Class<?>> needed() {
    return new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(WorldMap.class.getPackageName())
            .stream()
            .flatMap(
                ours ->
                    Stream.concat(
                        Stream.of(ours),
                        ours.getDirectDependenciesFromSelf().stream()
                            .map(Dependency::getTargetClass)))
            .filter(type -> type.getPackageName().matches("(dev\\.meridian|com\\.vaadin)\\..*"))
            .filter(type -> !type.isArray())
            .map(JavaClass::reflect)
            .collect(Collectors.toSet());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
