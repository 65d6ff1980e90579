package dev.meridian.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The manifest as a file: written beside the old one, forced, renamed over it, and the directory
 * forced, so that a crash leaves one of the two whole. A second file holds the same, or what was
 * the manifest before, in case the first decays: tables that it names and that are gone are
 * rebuilt.
 */
public final class ManifestFile implements ManifestStore {

  static final String NAME = "MANIFEST";
  static final String COPY = "MANIFEST.copy";

  private static final System.Logger LOG = System.getLogger(ManifestFile.class.getName());

  private final Path directory;

  public ManifestFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Manifest> read() throws IOException {
    Path file = directory.resolve(NAME);
    Path copy = directory.resolve(COPY);
    if (!Files.exists(file) && !Files.exists(copy)) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(file));
    } catch (NewerFormatException newer) {
      throw newer(file, newer);
    } catch (IOException | IllegalArgumentException damaged) {
      LOG.log(
          System.Logger.Level.ERROR,
          "event=damage-found the manifest {0} cannot be used, taking its copy: {1}",
          file,
          damaged.getMessage());
      try {
        return Optional.of(read(copy));
      } catch (NewerFormatException newer) {
        throw newer(copy, newer);
      } catch (IOException | IllegalArgumentException both) {
        throw new IOException(
            "neither the manifest "
                + file
                + " ("
                + damaged.getMessage()
                + ") nor its copy ("
                + both.getMessage()
                + ") can be used. Move the data directory away and start again to fetch everything"
                + " from a peer.",
            damaged);
      }
    }
  }

  /** The copy may be older and readable, but what it does not name is not ours to remove. */
  static IOException newer(Path file, NewerFormatException newer) {
    return new IOException("the manifest " + file + ": " + newer.getMessage(), newer);
  }

  /** One of the two files. */
  static Manifest read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("it is missing");
    }
    return ManifestCodecV3.decode(Files.readAllBytes(file));
  }

  @Override
  public void write(Manifest manifest) throws IOException {
    byte[] encoded = ManifestCodecV3.encode(manifest);
    ReplacedFile.write(directory.resolve(NAME), encoded);
    try {
      ReplacedFile.write(directory.resolve(COPY), encoded);
    } catch (IOException noCopy) {
      // The manifest itself is in force; an older copy still leads to all data, by way of the log.
      LOG.log(
          System.Logger.Level.WARNING, "the copy of the manifest is old: {0}", noCopy.toString());
    }
  }
}
