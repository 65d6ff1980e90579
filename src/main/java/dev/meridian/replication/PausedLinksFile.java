package dev.meridian.replication;

import dev.meridian.engine.ReplacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The paused links in a small file of the data directory. It is written beside the old one, forced
 * and renamed, so a crash leaves one of the two. A file that is damaged means that no link is
 * paused: replicating is what a region is for, and data must not wait for a broken note.
 */
public final class PausedLinksFile implements PausedLinksStore {

  static final String NAME = "PAUSED-LINKS";

  private static final System.Logger LOG = System.getLogger(PausedLinksFile.class.getName());

  private final Path directory;

  public PausedLinksFile(Path directory) {
    this.directory = directory;
  }

  @Override
  public PausedLinks read() {
    Path file = directory.resolve(NAME);
    try (InputStream in = Files.newInputStream(file)) {
      return PausedLinksCodecV1.decode(in.readNBytes(PausedLinksCodecV1.MAX_BYTES + 1));
    } catch (NoSuchFileException none) {
      return PausedLinks.NONE;
    } catch (IOException | IllegalArgumentException damaged) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event=paused-links-unreadable file={0} reason=\"{1}\" no link is taken to be paused;"
              + " pause again what should be",
          file,
          damaged.getMessage());
      return PausedLinks.NONE;
    }
  }

  @Override
  public void write(PausedLinks paused) throws IOException {
    ReplacedFile.write(directory.resolve(NAME), PausedLinksCodecV1.encode(paused));
  }
}
