package dev.meridian.coordinator;

import dev.meridian.clock.Dot;
import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import dev.meridian.document.DocumentId;
import dev.meridian.document.FailureCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the parts of a message between regions; see {@link ReplicaCodecV1}. What cannot be is an
 * {@link IllegalArgumentException}, what is missing a {@link BufferUnderflowException}.
 */
record MessageReader(ByteBuffer in) {

  int u8() {
    return in.get() & 0xFF;
  }

  int u16() {
    return in.getShort() & 0xFFFF;
  }

  long u64() {
    return in.getLong();
  }

  boolean present() {
    int is = u8();
    if (is > 1) {
      throw new IllegalArgumentException("neither yes nor no: " + is);
    }
    return is == 1;
  }

  int limit() {
    int limit = u16();
    if (limit < 1 || limit > Documents.ListRequest.MAX_LIMIT) {
      throw new IllegalArgumentException("a page of " + limit);
    }
    return limit;
  }

  int millis() {
    int millis = in.getInt();
    if (millis < 0) {
      throw new IllegalArgumentException("negative time");
    }
    return millis;
  }

  String text() {
    int length = u16();
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  CollectionName collection() {
    return new CollectionName(text());
  }

  DocumentId id() {
    return new DocumentId(text());
  }

  List<Dot> dots() {
    int count = count();
    List<Dot> dots = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ReplicaId origin = new ReplicaId(text());
      dots.add(new Dot(origin, u64()));
    }
    return dots;
  }

  ReplicaId region() {
    return new ReplicaId(text());
  }

  VersionId version() {
    return new VersionId(new HlcTimestamp(u64()), region());
  }

  List<ReplicaQuestion.VersionOf> versions() {
    int count = u16();
    if (count > Bodies.MAX_VERSIONS) {
      throw new IllegalArgumentException(count + " versions");
    }
    List<ReplicaQuestion.VersionOf> versions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      versions.add(new ReplicaQuestion.VersionOf(collection(), id(), version()));
    }
    return versions;
  }

  List<Shown> shown() {
    int count = u16();
    if (count > Documents.ListRequest.MAX_LIMIT + 1) {
      throw new IllegalArgumentException(count + " documents");
    }
    List<Shown> documents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      documents.add(Shown.read(this));
    }
    return documents;
  }

  List<ReplicaId> regions() {
    int count = u8();
    if (count > VersionVector.MAX_ORIGINS) {
      throw new IllegalArgumentException(count + " regions");
    }
    List<ReplicaId> regions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      regions.add(region());
    }
    return regions;
  }

  List<Long> times() {
    int count = count();
    List<Long> times = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      times.add(u64());
    }
    return times;
  }

  private int count() {
    int count = u16();
    if (count > Journeys.MAX_VERSIONS) {
      throw new IllegalArgumentException(count + " versions");
    }
    return count;
  }

  FailureCode code() {
    return FailureCode.valueOf(text().toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
  }

  VersionVector vector() {
    return ChangeCodecV1.getVector(in);
  }

  ReplicaQuestion.Fresh fresh() {
    return new ReplicaQuestion.Fresh(vector(), u64());
  }

  ReplicaAnswer.Newest newest() {
    HlcTimestamp hlc = new HlcTimestamp(u64());
    ReplicaId origin = new ReplicaId(text());
    return new ReplicaAnswer.Newest(hlc, new Dot(origin, u64()), in.getInt());
  }

  Bytes bytes() {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new Bytes(bytes);
  }

  List<Bytes> changes() {
    int count = u16();
    List<Bytes> changes = new ArrayList<>(Math.min(count, in.remaining() / Integer.BYTES));
    for (int i = 0; i < count; i++) {
      changes.add(bytes());
    }
    return changes;
  }
}
