package dev.meridian.coordinator;

import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the parts of a message between regions; see {@link ReplicaCodecV1}. */
final class MessageWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

  MessageWriter() {
    bytes.write(ReplicaCodecV1.VERSION);
  }

  MessageWriter type(int type) {
    bytes.write(type);
    return this;
  }

  MessageWriter present(boolean is) {
    bytes.write(is ? 1 : 0);
    return this;
  }

  MessageWriter u16(int value) {
    bytes.write(value >>> 8);
    bytes.write(value);
    return this;
  }

  MessageWriter u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  MessageWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  MessageWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 0xFFFF) {
      throw new IllegalArgumentException("a text of " + utf8.length + " bytes");
    }
    u16(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  MessageWriter version(VersionId version) {
    return u64(version.hlc().packed()).text(version.origin().value());
  }

  MessageWriter regions(List<ReplicaId> regions) {
    bytes.write(regions.size());
    regions.forEach(region -> text(region.value()));
    return this;
  }

  MessageWriter vector(VersionVector vector) {
    ByteBuffer out = ByteBuffer.allocate(ChangeCodecV1.size(vector));
    ChangeCodecV1.putVector(out, vector);
    bytes.writeBytes(out.array());
    return this;
  }

  MessageWriter fresh(ReplicaQuestion.Fresh need) {
    return vector(need.seen()).u64(need.maxStalenessMillis());
  }

  MessageWriter bytes(Bytes value) {
    u32(value.length());
    bytes.write(value.array(), value.offset(), value.length());
    return this;
  }

  MessageWriter changes(List<Bytes> changes) {
    u16(changes.size());
    changes.forEach(this::bytes);
    return this;
  }

  Bytes seal() {
    byte[] body = bytes.toByteArray();
    u32(ReplicaCodecV1.checksum(body, 0, body.length));
    return new Bytes(bytes.toByteArray());
  }
}
