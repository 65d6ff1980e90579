package dev.meridian.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/** Documents sent through the bulk endpoint. */
final class BulkLoad {

  private BulkLoad() {}

  /**
   * The body of a request that puts documents {@code first} to {@code first + count - 1}.
   *
   * @param document JSON in ASCII
   */
  static byte[] lines(long first, int count, LongFunction<String> document) {
    StringBuilder lines = new StringBuilder();
    for (long i = first; i < first + count; i++) {
      lines
          .append("{\"op\":\"put\",\"id\":\"k")
          .append(i)
          .append("\",\"doc\":")
          .append(document.apply(i))
          .append("}\n");
    }
    return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends while another thread reads; returns how many lines say that a document was created. */
  static long send(BenchRegion region, String path, byte[] lines)
      throws IOException, InterruptedException {
    try (Socket socket = new Socket("127.0.0.1", region.port())) {
      OutputStream out = socket.getOutputStream();
      Thread sender = Thread.ofVirtual().start(() -> write(out, path, lines));
      long created = countCreated(socket.getInputStream());
      sender.join();
      return created;
    }
  }

  private static void write(OutputStream out, String path, byte[] lines) {
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type:"
            + " application/x-ndjson\r\nContent-Length: "
            + lines.length
            + "\r\n\r\n";
    try {
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      out.write(lines);
      out.flush();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Counts {@code "status":201}, wherever the pieces of the answer are cut. */
  private static long countCreated(InputStream in) throws IOException {
    byte[] wanted = "\"status\":201".getBytes(StandardCharsets.ISO_8859_1);
    byte[] chunk = new byte[256 * 1024];
    long found = 0;
    int matched = 0;
    int read;
    while ((read = in.read(chunk)) >= 0) {
      for (int i = 0; i < read; i++) {
        matched = chunk[i] == wanted[matched] ? matched + 1 : chunk[i] == wanted[0] ? 1 : 0;
        if (matched == wanted.length) {
          found++;
          matched = 0;
        }
      }
    }
    return found;
  }
}
