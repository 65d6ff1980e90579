package dev.meridian.api;

import dev.meridian.document.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a stream into lines without copying them more than once. For one thread. */
final class LineReader {

  private static final int CHUNK = 64 * 1024;

  private final InputStream in;
  private final int maxLine;
  private byte[] buffer = new byte[CHUNK];
  private int start;
  private int end;
  private boolean ended;

  /** What was found: a line, or one that is longer than allowed and was skipped. */
  sealed interface Line {
    record Whole(Bytes bytes) implements Line {}

    record TooLong() implements Line {}
  }

  /**
   * @param maxLine the most bytes of a line; a longer one is skipped
   */
  LineReader(InputStream in, int maxLine) {
    this.in = in;
    this.maxLine = maxLine;
  }

  /** The next line, without its end; empty at the end of the stream. Blocks. */
  Optional<Line> next() throws IOException {
    int searched = start;
    boolean skipping = false;
    while (true) {
      int newline = find(searched);
      if (newline >= 0) {
        Bytes line = slice(start, newline);
        start = newline + 1;
        return Optional.of(skipping ? new Line.TooLong() : new Line.Whole(line));
      }
      if (end - start > maxLine) {
        skipping = true;
        start = end; // forget what will not be used
      }
      searched = end - start;
      if (!fill()) {
        boolean something = skipping || end > start;
        Bytes line = slice(start, end);
        start = end;
        return !something
            ? Optional.empty()
            : Optional.of(skipping ? new Line.TooLong() : new Line.Whole(line));
      }
      searched += start;
    }
  }

  /** True when the next line, or a part of it, is here already: {@link #next} will hardly wait. */
  boolean hasMore() throws IOException {
    return end > start || !ended && in.available() > 0;
  }

  /** Lines own their bytes: the buffer is used again. */
  private Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(buffer, from, to));
  }

  private int find(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      ended = true;
      return false;
    }
    end += read;
    return true;
  }
}
