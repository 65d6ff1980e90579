package dev.meridian.bench.storage;

import java.nio.charset.StandardCharsets;

/**
 * Documents that need not be remembered: each can be made again from its number and generation, so
 * that ten million of them can be checked within a small heap. Numbers are in the order of the ids;
 * a position tells when a document is written, and the order of positions looks random.
 */
public final class Corpus {

  static final int MIN_BYTES = 256;

  private static final String[] NAMES = {
    "Amina", "Bjorn", "Chiara", "Dmitri", "Elena", "Farid", "Greta", "Hiro", "Ines", "Jonas",
    "Keiko", "Luis", "Marta", "Nils", "Oksana", "Pedro", "Quentin", "Rosa", "Sven", "Tomoko"
  };
  private static final String[] CITIES = {
    "Accra", "Bergen", "Cusco", "Dakar", "Edinburgh", "Florence", "Graz", "Hanoi", "Izmir",
    "Jaipur", "Krakow", "Lyon", "Montevideo", "Nairobi", "Osaka", "Porto", "Quito", "Riga"
  };
  private static final String[] WORDS = {
    "leave",
    "the",
    "parcel",
    "with",
    "neighbour",
    "ring",
    "twice",
    "after",
    "six",
    "fragile",
    "gift",
    "do",
    "not",
    "bend",
    "call",
    "before",
    "delivery",
    "second",
    "floor",
    "back",
    "door",
    "thanks",
    "please",
    "include",
    "invoice",
    "blue",
    "box",
    "if",
    "possible",
    "or",
    "green",
    "one"
  };
  private static final int ROUNDS = 4;

  private final long count;
  private final int bytes;
  private final int halfBits;

  public Corpus(long count, int bytes) {
    if (bytes < MIN_BYTES) {
      throw new IllegalArgumentException("documents have at least " + MIN_BYTES + " bytes");
    }
    this.count = count;
    this.bytes = bytes;
    this.halfBits = Math.max(1, (64 - Long.numberOfLeadingZeros(count - 1) + 1) / 2);
  }

  public long count() {
    return count;
  }

  int bytes() {
    return bytes;
  }

  /** The document written at a position: a Feistel network over the next power of four. */
  public long number(long position) {
    long value = position;
    do {
      value = permute(value);
    } while (value >= count);
    return value;
  }

  /** When a document is written: the inverse of {@link #number}. */
  long position(long number) {
    long value = number;
    do {
      value = restore(value);
    } while (value >= count);
    return value;
  }

  private long permute(long value) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ mix(right + round * 0x9e3779b97f4a7c15L) & mask;
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  private long restore(long value) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = ROUNDS - 1; round >= 0; round--) {
      long before = right ^ mix(left + round * 0x9e3779b97f4a7c15L) & mask;
      right = left;
      left = before;
    }
    return left << halfBits | right;
  }

  public String id(long number) {
    return id(number, 0);
  }

  /** An id between two that exist. */
  public String absentId(long number) {
    return id(number, 1);
  }

  @SuppressWarnings("deprecation") // ASCII by construction
  private static String id(long number, int odd) {
    byte[] text = "order-000000000000".getBytes(StandardCharsets.ISO_8859_1);
    long rest = number * 2 + odd;
    for (int i = text.length - 1; rest > 0; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return new String(text, 0);
  }

  /** Compact JSON of exactly {@link #bytes} bytes. */
  public byte[] body(long number, int generation) {
    Text out = new Text(bytes);
    long random = mix(number * 1_000_003 + generation);
    String name = pick(NAMES, random);
    String city = pick(CITIES, random >>> 8);
    out.put("{\"rev\":").put(generation).put(",\"order\":").put(number);
    out.put(",\"customer\":{\"name\":\"").put(name).put("\",\"number\":").put(random >>> 44);
    out.put(",\"city\":\"").put(city).put("\"},\"amount\":").put((random >>> 16 & 0xFFFF) + 1);
    out.put(".25,\"currency\":\"EUR\",\"paid\":").put((random & 1) == 0 ? "true" : "false");
    out.put(",\"items\":[{\"sku\":\"").put(mix(random) >>> 34).put("\",\"quantity\":");
    out.put((random >>> 32 & 7) + 1).put("},{\"sku\":\"").put(mix(random + 1) >>> 34);
    out.put("\",\"quantity\":").put((random >>> 36 & 7) + 1).put("}],\"note\":\"");
    long words = random;
    while (out.room() > 2) {
      words = mix(words + 1);
      for (long left = words, i = 0; i < 8 && out.room() > 2; left >>>= 8, i++) {
        out.putSome(pick(WORDS, left));
        out.putSome(" ");
      }
    }
    return out.put("\"}").done();
  }

  /** The generation that a body says it is of; -1 when it is no body. */
  static int generation(byte[] array, int offset, int length) {
    int at = offset + 7; // behind {"rev":
    int end = offset + length;
    int value = 0;
    while (at < end && array[at] >= '0' && array[at] <= '9') {
      value = value * 10 + array[at++] - '0';
    }
    return at == offset + 7 ? -1 : value;
  }

  private static String pick(String[] from, long random) {
    return from[(int) ((random & 0xFF) % from.length)];
  }

  /** The finalizer of SplitMix64. */
  static long mix(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** ASCII text of a known length. */
  private static final class Text {
    private final byte[] bytes;
    private int length;

    Text(int size) {
      bytes = new byte[size];
    }

    int room() {
      return bytes.length - length;
    }

    @SuppressWarnings("deprecation") // ASCII by construction
    Text put(String text) {
      text.getBytes(0, text.length(), bytes, length);
      length += text.length();
      return this;
    }

    /** Puts as much as leaves room for the end. */
    @SuppressWarnings("deprecation") // ASCII by construction
    void putSome(String text) {
      int size = Math.min(text.length(), room() - 2);
      text.getBytes(0, size, bytes, length);
      length += size;
    }

    Text put(long number) {
      long size = 1;
      for (long rest = number; rest >= 10; rest /= 10) {
        size++;
      }
      int at = length + (int) size;
      length = at;
      long rest = number;
      do {
        bytes[--at] = (byte) ('0' + rest % 10);
        rest /= 10;
      } while (rest > 0);
      return this;
    }

    byte[] done() {
      return bytes;
    }
  }
}
