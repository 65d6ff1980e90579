package dev.meridian.bench.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * What the storage engine costs without HTTP, beside other stores with the same documents in the
 * same run. Run by {@code bin/bench storage}.
 */
public final class StorageBench {

  private static final String OURS = "meridian";
  private static final String ROCKSDB = "rocksdb";
  private static final String NOT_MEASURED = "not measured";
  private static final double LOAD_TARGET = 0.7;
  private static final double GET_TARGET = 0.5;
  private static final int MIN_DOCUMENTS = 1000;

  private final Options options;
  private final Path directory;
  private final Progress progress = new Progress();
  private final Map<String, Map<String, Row>> table = new LinkedHashMap<>();
  private volatile Optional<Process> child = Optional.empty();
  private volatile boolean stopping;
  private int group = StorageChild.GROUP;

  private record Options(
      long documents, int bytes, double seconds, int versions, List<String> peers, Path under) {

    static Options of(String[] arguments) {
      Map<String, String> given = new LinkedHashMap<>();
      for (int i = 0; i < arguments.length; i += 2) {
        if (i + 1 == arguments.length) {
          throw new IllegalArgumentException(arguments[i] + " needs a value");
        }
        given.put(arguments[i], arguments[i + 1]);
      }
      String peers = take(given, "--peers", "rocksdb,mvstore");
      Options options =
          new Options(
              Long.parseLong(take(given, "--documents", "1000000")),
              Integer.parseInt(take(given, "--bytes", "300")),
              Double.parseDouble(take(given, "--seconds", "2")),
              Integer.parseInt(take(given, "--versions", "1")),
              peers.equals("none") ? List.of() : List.of(peers.split(",")),
              Path.of(take(given, "--directory", System.getProperty("java.io.tmpdir"))));
      if (!given.isEmpty()) {
        throw new IllegalArgumentException("unknown: " + String.join(" ", given.keySet()));
      }
      if (options.documents() < MIN_DOCUMENTS) {
        throw new IllegalArgumentException("--documents is at least " + MIN_DOCUMENTS);
      }
      if (options.bytes() < Corpus.MIN_BYTES) {
        throw new IllegalArgumentException("--bytes is at least " + Corpus.MIN_BYTES);
      }
      if (!List.of(ROCKSDB, "mvstore").containsAll(options.peers())) {
        throw new IllegalArgumentException(
            "--peers is rocksdb, mvstore, both with a comma, or none");
      }
      return options;
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
      String value = given.remove(name);
      return value == null ? otherwise : value;
    }
  }

  /** A figure of one store: its rounds, sorted. */
  private record Row(int decimals, double[] rounds) {
    double median() {
      return rounds[rounds.length / 2];
    }

    String text() {
      String median = number(median());
      return rounds.length == 1
          ? median
          : median + " (" + number(rounds[0]) + "…" + number(rounds[rounds.length - 1]) + ")";
    }

    private String number(double value) {
      return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
  }

  private StorageBench(Options options) throws IOException {
    this.options = options;
    this.directory = Files.createTempDirectory(options.under(), "meridian-bench");
  }

  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.of(arguments);
    } catch (IllegalArgumentException mistake) {
      System.err.println("bin/bench storage: " + mistake.getMessage() + "; see bin/bench --help");
      System.exit(2);
      return;
    }
    StorageBench bench = new StorageBench(options);
    Runtime.getRuntime().addShutdownHook(new Thread(bench::cleanUp));
    try {
      bench.run();
    } catch (IOException failed) {
      if (!bench.stopping) {
        System.err.println("\nbin/bench storage: " + failed.getMessage());
      }
      System.exit(1);
    }
  }

  private void run() throws Exception {
    System.out.printf(
        Locale.ROOT,
        "%,d documents of %d bytes; %d processors, %s %s, JDK %s; files on %s%n",
        options.documents(),
        options.bytes(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        Files.getFileStore(directory).type());
    store(OURS);
    killAndVerify();
    group =
        (int) Math.max(1, Math.round(table.get("load, documents per force").get(OURS).median()));
    for (String peer : options.peers()) {
      try {
        store(peer);
      } catch (IOException failed) {
        progress.clear();
        System.out.println(peer + ": not measured further: " + failed.getMessage());
      }
    }
    progress.clear();
    print();
  }

  private void store(String name) throws Exception {
    progress.store(name);
    run(name, "measure", 0, never -> false);
    for (int round = 0; round < StorageChild.ROUNDS; round++) {
      run(name, "reopen", 0, never -> false);
    }
    run(name, "settle", 0, never -> false);
    if (dropPages(directory.resolve(name))) {
      run(name, "cold", 0, never -> false);
    }
    if (!name.equals(OURS)) {
      DirectoryFiles.delete(directory.resolve(name)); // room for the next
    }
  }

  private void killAndVerify() throws Exception {
    long quarter = options.documents() / 4;
    long target = new SplittableRandom().nextLong(quarter, 2 * quarter);
    long acknowledged = run(OURS, "endless", 0, answered -> answered >= target);
    run(OURS, "verify", acknowledged, never -> false);
    Row wrong = table.get("of them missing or wrong").get(OURS);
    if (wrong.median() > 0) {
      throw new IOException((long) wrong.median() + " acknowledged writes are missing or wrong");
    }
    DirectoryFiles.delete(directory.resolve(OURS));
  }

  /** Runs a child; kills it with SIGKILL once told. Returns the last count of answered writes. */
  private long run(String store, String mode, long acknowledged, LongPredicate kill)
      throws IOException, InterruptedException {
    StorageChild.Job job =
        new StorageChild.Job(
            mode,
            store,
            directory.resolve(store),
            options.documents(),
            options.bytes(),
            options.seconds(),
            group,
            options.versions(),
            acknowledged);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    String extra = System.getProperty("bench.jvm", "");
    if (!extra.isBlank()) {
      command.addAll(List.of(extra.split(" ")));
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), StorageChild.class.getName()));
    command.addAll(job.arguments());
    Path log = directory.resolve(store + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    if (stopping) {
      throw new IOException("stopped");
    }
    Process process = builder.start();
    child = Optional.of(process);
    long answered = 0;
    boolean killed = false;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith(Report.MARK)) {
          continue;
        }
        String[] parts = line.substring(Report.MARK.length()).split("\t");
        if (parts[0].equals(Report.ACKNOWLEDGED)) {
          answered = Long.parseLong(parts[1]);
          if (!killed && kill.test(answered)) {
            process.destroyForcibly();
            killed = true;
          }
        } else {
          told(store, parts);
        }
      }
    } catch (IOException closed) {
      if (!killed) {
        throw closed;
      }
    }
    int status = process.waitFor();
    child = Optional.empty();
    if (!killed && status != 0) {
      throw new IOException(store + ", " + mode + ": exit status " + status + "\n" + tail(log));
    }
    return answered;
  }

  private void told(String store, String[] parts) {
    switch (parts[0]) {
      case Report.SET_UP -> {
        progress.clear();
        System.out.println(store + ": " + parts[1]);
      }
      case Report.PHASE -> progress.phase(parts[1]);
      case Report.PROGRESS -> progress.at(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
      case Report.ROW -> {
        double[] rounds = Stream.of(parts[3].split(" ")).mapToDouble(Double::parseDouble).toArray();
        Map<String, Row> row = table.computeIfAbsent(parts[1], name -> new LinkedHashMap<>());
        row.merge(store, row(Integer.parseInt(parts[2]), rounds), StorageBench::together);
      }
      default -> {}
    }
  }

  private static Row row(int decimals, double[] rounds) {
    Arrays.sort(rounds);
    return new Row(decimals, rounds);
  }

  private static Row together(Row a, Row b) {
    double[] rounds = Arrays.copyOf(a.rounds(), a.rounds().length + b.rounds().length);
    System.arraycopy(b.rounds(), 0, rounds, a.rounds().length, b.rounds().length);
    return row(a.decimals(), rounds);
  }

  private void print() {
    List<String> stores = new ArrayList<>(List.of(OURS));
    stores.addAll(options.peers());
    table.computeIfAbsent("get, cold, p50 µs", name -> new LinkedHashMap<>());
    StringBuilder format = new StringBuilder("%-50s");
    for (String store : stores) {
      int width = store.length();
      for (Map<String, Row> row : table.values()) {
        width = Math.max(width, cell(row, store).length());
      }
      format.append("  %").append(Math.max(width, NOT_MEASURED.length())).append("s");
    }
    format.append("%n");
    System.out.printf("%n" + format, header(stores));
    table.forEach(
        (name, row) -> {
          Object[] cells = new Object[stores.size() + 1];
          cells[0] = name;
          for (int i = 0; i < stores.size(); i++) {
            cells[i + 1] =
                name.startsWith("get, cold, p") && !row.containsKey(stores.get(i))
                    ? NOT_MEASURED
                    : cell(row, stores.get(i));
          }
          System.out.printf(format.toString(), cells);
        });
    System.out.println(
        "\nMedian (least…most) of the rounds. CPU is that of the whole process; making documents and"
            + " ids was measured alone and taken off.");
    if (options.peers().contains(ROCKSDB)) {
      ratio("first load of a process", "first load of a process, documents/s", LOAD_TARGET);
      ratio("load", "load, documents/s", LOAD_TARGET);
      ratio("get", "get, warm, per second, one thread", GET_TARGET);
    }
  }

  private static Object[] header(List<String> stores) {
    List<String> header = new ArrayList<>(List.of(""));
    header.addAll(stores);
    return header.toArray();
  }

  private static String cell(Map<String, Row> row, String store) {
    return row.containsKey(store) ? row.get(store).text() : "";
  }

  private void ratio(String what, String figure, double target) {
    Map<String, Row> row = table.getOrDefault(figure, Map.of());
    if (row.containsKey(OURS) && row.containsKey(ROCKSDB)) {
      double ratio = row.get(OURS).median() / row.get(ROCKSDB).median();
      System.out.printf(
          Locale.ROOT,
          "%s: %.2f × RocksDB's speed; the target is at least %.1f ×: %s%n",
          what,
          ratio,
          target,
          ratio >= target ? "met" : "MISSED");
    }
  }

  // ---- files ----

  /**
   * Asks the system to drop the pages of the files, which no process has mapped now. The child
   * finds out, from what it reads from the disk, whether that was done.
   */
  private static boolean dropPages(Path store) throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(store)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try {
        Process dd =
            new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (dd.waitFor() != 0) {
          return false;
        }
      } catch (IOException noSuchProgram) {
        return false;
      }
    }
    return true;
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private void cleanUp() {
    stopping = true;
    child.ifPresent(
        process -> {
          process.destroyForcibly();
          try {
            process.waitFor(10, TimeUnit.SECONDS);
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
          }
        });
    try {
      DirectoryFiles.delete(directory);
    } catch (IOException left) {
      System.err.println("left behind: " + directory);
    }
  }
}
