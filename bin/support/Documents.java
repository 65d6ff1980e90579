import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The documents of an NDJSON or JSON array file, one at a time, so that a file of any size fits. It
 * knows the offset behind each document; reading may begin again at any of them.
 */
final class Documents implements Closeable {
  /** Beyond any limit a region may be set to; what is longer is skipped, not kept in memory. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int END = -1;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18).flip();
  private final boolean array;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream(4096);
  private long offset;
  private boolean tooLong;
  private boolean rawBreak;

  /** One document: its text, or null and what is wrong with it, and the offset behind it. */
  record Item(byte[] text, String code, String detail, long end) {}

  Documents(Path file, long from) throws IOException {
    channel = FileChannel.open(file);
    int first = skipSpace();
    if (first == 0xEF) {
      read();
      read();
      first = skipSpace();
    }
    array = first == '[';
    if (from > 0) {
      buffer.clear().flip();
      channel.position(from);
      offset = from;
    } else if (!array) {
      unread();
    }
  }

  /** The next document, or null at the end of the file. */
  Item next() throws IOException {
    text.reset();
    tooLong = false;
    rawBreak = false;
    return array ? nextElement() : nextLine();
  }

  private Item nextLine() throws IOException {
    int c = skipSpace();
    if (c == END) {
      return null;
    }
    for (; c != '\n' && c != END; c = read()) {
      keep(c);
    }
    return item();
  }

  private Item nextElement() throws IOException {
    int c = skipSpace();
    if (c == ',') {
      c = skipSpace();
    }
    if (c == ']') {
      if (skipSpace() != END) {
        throw new IOException("text after the end of the array, before byte " + offset);
      }
      return null;
    }
    if (c == '{') {
      copyObject();
      return item();
    }
    if (c == END) {
      throw new EOFException("the file ends before its array does");
    }
    throw new IOException("an array element is not an object, at byte " + (offset - 1));
  }

  private void copyObject() throws IOException {
    int depth = 1;
    boolean quoted = false;
    keep('{');
    while (depth > 0) {
      int c = read();
      if (c == END) {
        throw new EOFException("the file ends inside a document");
      }
      boolean lineBreak = c == '\n' || c == '\r';
      rawBreak |= lineBreak && quoted;
      keep(lineBreak ? ' ' : c);
      if (quoted && c == '\\') {
        keep(read());
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      }
    }
  }

  private Item item() {
    if (tooLong) {
      return new Item(
          null, "document-too-large", "more than " + (MAX_BYTES >> 20) + " MiB", offset);
    }
    if (rawBreak) {
      return new Item(null, "invalid-json", "a line break inside a string", offset);
    }
    byte[] bytes = text.toByteArray();
    if (!array && bytes[bytes.length - 1] == '\r') {
      bytes = Arrays.copyOf(bytes, bytes.length - 1);
    }
    return new Item(bytes, null, null, offset);
  }

  private void keep(int c) {
    if (text.size() >= MAX_BYTES) {
      tooLong = true;
    } else {
      text.write(c);
    }
  }

  private int skipSpace() throws IOException {
    int c;
    do {
      c = read();
    } while (c == ' ' || c == '\n' || c == '\r' || c == '\t');
    return c;
  }

  private int read() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      int count = channel.read(buffer);
      buffer.flip();
      if (count <= 0) {
        return END;
      }
    }
    offset++;
    return buffer.get() & 0xFF;
  }

  private void unread() {
    if (offset > 0) {
      buffer.position(buffer.position() - 1);
      offset--;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
