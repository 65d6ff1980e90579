import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.zip.CRC32C;

/**
 * How far a load has come, on disk: everything before {@code offset} of the input has been
 * answered. A changed input (size or time) is another load.
 */
record LoadState(long offset, long loaded, long failed) {
  static final LoadState START = new LoadState(0, 0, 0);

  /** Where the state of this load is kept, and which input it belongs to. */
  record Place(Path file, String input) {

    static Place of(Path directory, Path input, String url, String collection, String idField)
        throws IOException {
      var name = String.join("\n", input.toRealPath().toString(), url, collection, idField);
      var sum = new CRC32C();
      sum.update(name.getBytes(StandardCharsets.UTF_8));
      var file = directory.resolve("load-%s-%08x.state".formatted(collection, sum.getValue()));
      var stamp = Files.size(input) + " " + Files.getLastModifiedTime(input).toMillis();
      return new Place(file, name + "\n" + stamp);
    }

    /** The state of an interrupted load of the same input, else the start. */
    LoadState read() throws IOException {
      if (!Files.exists(file)) {
        return START;
      }
      var kept = new Properties();
      try (var in = Files.newBufferedReader(file)) {
        kept.load(in);
      }
      if (!input.equals(kept.getProperty("input"))) {
        return START;
      }
      return new LoadState(
          Long.parseLong(kept.getProperty("offset")),
          Long.parseLong(kept.getProperty("loaded")),
          Long.parseLong(kept.getProperty("failed")));
    }

    void write(LoadState state) throws IOException {
      Files.createDirectories(file.getParent());
      var kept = new Properties();
      kept.setProperty("input", input);
      kept.setProperty("offset", Long.toString(state.offset));
      kept.setProperty("loaded", Long.toString(state.loaded));
      kept.setProperty("failed", Long.toString(state.failed));
      var fresh = file.resolveSibling(file.getFileName() + ".new");
      try (var out = Files.newBufferedWriter(fresh)) {
        kept.store(out, "bin/load continues from here");
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void clear() throws IOException {
      Files.deleteIfExists(file);
    }
  }
}
