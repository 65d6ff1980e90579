package dev.meridian.cluster.http;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.cluster.PeerPast;
import dev.meridian.cluster.PeerProgress;
import dev.meridian.cluster.SteadyTime;
import dev.meridian.document.ChangeCodecV1;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Names and forms that both ends of the peer protocol over HTTP share. */
final class PeerWire {

  static final String CHANGES = "/peer/v1/changes";
  static final String PROGRESS = "/peer/v1/progress";
  static final String PAST = "/peer/v1/past";
  static final String ASK = "/peer/v1/ask";
  static final String STATUS = "/v1/cluster";
  static final String REGION_HEADER = "Meridian-Region";
  static final String STREAM_TYPE = "application/vnd.meridian.changes.v1";
  static final String VECTOR_TYPE = "application/vnd.meridian.vector.v1";
  static final String PAST_TYPE = "application/vnd.meridian.past.v1";
  static final String QUESTION_TYPE = "application/vnd.meridian.question.v1";
  static final String ANSWER_TYPE = "application/vnd.meridian.answer.v1";
  static final String SINCE = "since";
  static final String EXCEPT = "except";
  static final String PACK = "pack";
  static final String LZ4 = "lz4";

  /** A vector of {@link VersionVector#MAX_ORIGINS} longest names takes less. */
  static final int MAX_VECTOR_BYTES = 1024;

  private PeerWire() {}

  static byte[] bytes(VersionVector vector) {
    ByteBuffer out = ByteBuffer.allocate(ChangeCodecV1.size(vector));
    ChangeCodecV1.putVector(out, vector);
    return out.array();
  }

  /** Bytes that are no vector are an {@link IllegalArgumentException}. */
  static VersionVector vector(byte[] bytes) {
    return read(bytes, MAX_VECTOR_BYTES, ChangeCodecV1::getVector);
  }

  private static <T> T read(byte[] bytes, int limit, Function<ByteBuffer, T> reading) {
    if (bytes.length > limit) {
      throw new IllegalArgumentException("a vector of " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      T read = reading.apply(in);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes after a vector");
      }
      return read;
    } catch (BufferUnderflowException cut) {
      throw new IllegalArgumentException("a vector that ends too early", cut);
    }
  }

  static byte[] bytes(PeerProgress progress) {
    int size = ChangeCodecV1.size(progress.applied()) + ChangeCodecV1.size(progress.known());
    ByteBuffer out = ByteBuffer.allocate(size + SteadyTime.BYTES);
    ChangeCodecV1.putVector(out, progress.applied());
    ChangeCodecV1.putVector(out, progress.known());
    return out.putLong(progress.now().clock()).putLong(progress.now().nanos()).array();
  }

  /** Other bytes are an {@link IllegalArgumentException}. */
  static PeerProgress progress(byte[] bytes) {
    return read(
        bytes,
        2 * MAX_VECTOR_BYTES + SteadyTime.BYTES,
        in ->
            new PeerProgress(
                ChangeCodecV1.getVector(in),
                ChangeCodecV1.getVector(in),
                new SteadyTime(in.getLong(), in.getLong())));
  }

  static byte[] bytes(PeerPast past) {
    ByteBuffer out = ByteBuffer.allocate(ChangeCodecV1.size(past.applied()) + Long.BYTES);
    ChangeCodecV1.putVector(out, past.applied());
    return out.putLong(past.promised().packed()).array();
  }

  /** Other bytes are an {@link IllegalArgumentException}. */
  static PeerPast past(byte[] bytes) {
    return read(
        bytes,
        MAX_VECTOR_BYTES + Long.BYTES,
        in -> new PeerPast(ChangeCodecV1.getVector(in), new HlcTimestamp(in.getLong())));
  }

  static String text(VersionVector vector) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(vector));
  }

  static VersionVector vector(String text) {
    if (text.length() > 2 * MAX_VECTOR_BYTES) {
      throw new IllegalArgumentException("a vector of " + text.length() + " characters");
    }
    return vector(Base64.getUrlDecoder().decode(text));
  }

  static Set<ReplicaId> regions(String text) {
    Set<ReplicaId> regions = new TreeSet<>();
    if (!text.isEmpty()) {
      String[] names = text.split(",", VersionVector.MAX_ORIGINS + 1);
      if (names.length > VersionVector.MAX_ORIGINS) {
        throw new IllegalArgumentException("more than " + VersionVector.MAX_ORIGINS + " regions");
      }
      for (String name : names) {
        regions.add(new ReplicaId(name));
      }
    }
    return regions;
  }

  static String changesUri(URI base, VersionVector since, Set<ReplicaId> except) {
    StringBuilder names = new StringBuilder();
    for (ReplicaId region : new TreeSet<>(except)) {
      names.append(names.isEmpty() ? "" : ",").append(region);
    }
    return uri(base, CHANGES)
        + "?"
        + SINCE
        + "="
        + text(since)
        + "&"
        + EXCEPT
        + "="
        + names
        + "&"
        + PACK
        + "="
        + LZ4;
  }

  static String uri(URI base, String path) {
    String text = base.toString();
    return (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path;
  }
}
