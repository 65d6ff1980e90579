package dev.meridian.replication;

import dev.meridian.clock.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of hints in their directory; others in it are left alone. Not thread-safe but for
 * {@link #force}.
 */
final class HintDirectory {

  private final Path path;
  private long lastNumber;
  private boolean rooted;

  HintDirectory(Path path) {
    this.path = path.toAbsolutePath();
  }

  Path path() {
    return path;
  }

  /** What is there, the oldest file first. Numbers that are taken are not given again. */
  List<HintFile> list() throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    List<HintFile> files = new ArrayList<>();
    try (Stream<Path> there = Files.list(path)) {
      for (Path each : there.toList()) {
        Optional<HintFile> file = HintFile.named(each);
        if (file.isPresent()) {
          lastNumber = Math.max(lastNumber, file.get().number());
          if (Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
            files.add(file.get());
          }
        }
      }
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    }
    files.sort(Comparator.comparingLong(HintFile::number));
    return files;
  }

  /** A new file with nothing in it but its head, which is not forced; its name is. */
  HintWriter create(ReplicaId target) throws IOException {
    root();
    HintFile file = new HintFile(path, target, ++lastNumber);
    HintWriter writer =
        new HintWriter(
            file,
            FileChannel.open(file.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      writer.append(HintFileCodecV1.fileHead());
      force();
    } catch (IOException failed) {
      try {
        writer.abandon();
        delete(file);
      } catch (IOException also) {
        failed.addSuppressed(also);
      }
      throw failed;
    }
    return writer;
  }

  void delete(HintFile file) throws IOException {
    Files.deleteIfExists(file.path());
  }

  /** On return all names made and removed so far are durable. Any thread. */
  void force() throws IOException {
    force(path);
  }

  /** Whoever made the directory, its own name is forced once before a hint counts on it. */
  private void root() throws IOException {
    if (!rooted || !Files.exists(path)) {
      Files.createDirectories(path);
      force(path.getParent());
      rooted = true;
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    }
  }
}
