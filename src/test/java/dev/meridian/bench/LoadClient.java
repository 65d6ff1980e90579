package dev.meridian.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Sends requests over so many connections, each with one request under way, from one thread: a
 * client that takes little of the processor it shares with the server.
 */
final class LoadClient {

  private static final int BUFFER = 64 * 1024;
  private static final byte[] HEADER_END = {'\r', '\n', '\r', '\n'};

  /** What came of a run; latencies in nanoseconds, sorted. */
  record Result(long requests, long nanos, long[] latencies, long failures) {
    double perSecond() {
      return requests * 1e9 / nanos;
    }

    double millis(double quantile) {
      return latencies.length == 0
          ? 0
          : latencies[(int) Math.min(latencies.length - 1, latencies.length * quantile)] / 1e6;
    }
  }

  private static final class Connection {
    final SocketChannel channel;
    final ByteBuffer in = ByteBuffer.allocate(BUFFER);
    ByteBuffer out = ByteBuffer.allocate(0);
    long sentAt;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private final InetSocketAddress address;
  private final IntFunction<byte[]> request;
  private int next;
  private long failures;
  private volatile boolean stopped;

  /**
   * @param request the bytes of the i-th request
   */
  LoadClient(int port, IntFunction<byte[]> request) {
    this.address = new InetSocketAddress("127.0.0.1", port);
    this.request = request;
  }

  static byte[] http(String method, String path, String body) {
    return http(method, path, "application/json", body);
  }

  /** Operations on CRDT fields. */
  static byte[] patch(String path, String operations) {
    return http("PATCH", path, "application/vnd.meridian.crdt+json", operations);
  }

  private static byte[] http(String method, String path, String type, String body) {
    String content =
        body.isEmpty()
            ? ""
            : "Content-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n";
    String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + content + "\r\n";
    return (head + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Ends {@link #paced} early. Any thread. */
  void stop() {
    stopped = true;
  }

  /**
   * Sends so many requests a second, as far as a connection is free. A latency counts from when its
   * request was due, so one that had to wait for a slow answer to another is not made prettier.
   */
  Result paced(int connections, double seconds, int perSecond) throws IOException {
    long[] latencies = new long[1 << 16];
    int count = 0;
    Deque<Connection> idle = new ArrayDeque<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        idle.add(open(selector));
      }
      long start = System.nanoTime();
      long total = (long) (seconds * perSecond);
      long sent = 0;
      while (sent < total && !stopped || idle.size() < connections) {
        long now = System.nanoTime();
        long due = start + sent * 1_000_000_000L / perSecond;
        while (sent < total && !stopped && due <= now && !idle.isEmpty()) {
          Connection connection = idle.remove();
          send(connection);
          connection.sentAt = due;
          sent++;
          due = start + sent * 1_000_000_000L / perSecond;
        }
        long wait = (due - System.nanoTime()) / 1_000_000;
        if (sent < total && wait <= 0 && !idle.isEmpty()) {
          selector.selectNow();
        } else {
          selector.select(Math.clamp(wait, 1, 100));
        }
        for (SelectionKey key : selector.selectedKeys()) {
          Connection connection = (Connection) key.attachment();
          if (answered(connection)) {
            if (count == latencies.length) {
              latencies = Arrays.copyOf(latencies, count * 2);
            }
            latencies[count++] = System.nanoTime() - connection.sentAt;
            idle.add(connection);
          }
        }
        selector.selectedKeys().clear();
      }
      long nanos = System.nanoTime() - start;
      for (Connection connection : idle) {
        connection.channel.close();
      }
      return result(count, nanos, latencies);
    }
  }

  private Connection open(Selector selector) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Connection connection = new Connection(channel);
    channel.register(selector, SelectionKey.OP_READ, connection);
    return connection;
  }

  /** Reads what came; true when the answer is whole, and then makes room for the next. */
  private boolean answered(Connection connection) throws IOException {
    if (connection.channel.read(connection.in) < 0) {
      throw new IOException("the server closed the connection");
    }
    if (!isWhole(connection)) {
      return false;
    }
    connection.in.clear();
    return true;
  }

  private Result result(int count, long nanos, long[] latencies) {
    long[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    return new Result(count, nanos, sorted, failures);
  }

  Result run(int connections, double seconds) throws IOException {
    long[] latencies = new long[1 << 16];
    int count = 0;
    List<Connection> all = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        all.add(open(selector));
      }
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      for (Connection connection : all) {
        send(connection);
      }
      while (System.nanoTime() < end) {
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          Connection connection = (Connection) key.attachment();
          if (answered(connection)) {
            if (count == latencies.length) {
              latencies = Arrays.copyOf(latencies, count * 2);
            }
            latencies[count++] = System.nanoTime() - connection.sentAt;
            send(connection);
          }
        }
        selector.selectedKeys().clear();
      }
      long nanos = System.nanoTime() - start;
      return result(count, nanos, latencies);
    } finally {
      for (Connection connection : all) {
        connection.channel.close();
      }
    }
  }

  private void send(Connection connection) throws IOException {
    connection.out = ByteBuffer.wrap(request.apply(next++));
    connection.sentAt = System.nanoTime();
    while (connection.out.hasRemaining()) {
      connection.channel.write(connection.out); // small: it fits the socket's buffer
    }
  }

  private boolean isWhole(Connection connection) throws IOException {
    byte[] bytes = connection.in.array();
    int length = connection.in.position();
    int head = indexOf(bytes, length, HEADER_END);
    if (head < 0) {
      return false;
    }
    String header = new String(bytes, 0, head, StandardCharsets.ISO_8859_1).toLowerCase();
    int at = header.indexOf("content-length:");
    int body = 0;
    if (at >= 0) {
      int lineEnd = header.indexOf('\r', at);
      body =
          Integer.parseInt(
              header.substring(at + 15, lineEnd < 0 ? header.length() : lineEnd).trim());
    }
    if (length < head + 4 + body) {
      return false;
    }
    if (!header.startsWith("http/1.1 2") && failures++ == 0) {
      System.err.println("unexpected answer: " + new String(bytes, 0, length));
    }
    return true;
  }

  private static int indexOf(byte[] bytes, int length, byte[] wanted) {
    for (int i = 0; i + wanted.length <= length; i++) {
      if (bytes[i] == '\r'
          && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
