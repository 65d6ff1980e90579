package dev.meridian.engine;

import dev.meridian.clock.HlcTimestamp;
import dev.meridian.clock.Lsn;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.CollectionName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Version 3 of the manifest as bytes. Big-endian; {@code text} is modified UTF-8 with a u16 length.
 * Version 2, which is read too, has no {@code digest}; version 1 no {@code concurrency} either.
 *
 * <pre>
 *  "MERM" | version u8 = 3 | region text | tableNumber u64 | checkpoint LSN u64 | clockFloor u64
 *  vector (as in changes, after its u16 length)
 *  tables u32 × ( name text | entries u64 | rawBytes u64 | latest u64 | first and last LSN u64
 *                 | parts u16 × ( name text | bytes u64 | modifiedMillis u64
 *                                 | chunks u32 × crc u32 ) )
 *  collections u32 × ( name text | count u64 | bytes u64 | firstMillis u64 | latest u64
 *                      | droppedAt u64 | settings length u32, or −1 | settings
 *                      | former u8 0 or 1 × ( until u64 | keepVersions u32 | keepForMillis u64 )
 *                      | concurrency: conflicted u64 | conflicts u64 | operations u64
 *                      | digest u64 )
 *  CRC32C of all before, u32
 * </pre>
 */
final class ManifestCodecV3 {

  private static final int MAGIC = 0x4D45524D;
  private static final byte VERSION = 3;
  private static final byte WITHOUT_DIGEST = 2;
  private static final byte WITHOUT_CONCURRENCY = 1;
  private static final int MAX_ITEMS = 1 << 20;

  private ManifestCodecV3() {}

  static byte[] encode(Manifest manifest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeByte(VERSION);
    out.writeUTF(manifest.region().value());
    out.writeLong(manifest.tableNumber());
    out.writeLong(manifest.checkpoint().value());
    out.writeLong(manifest.clockFloor().packed());
    ByteBuffer vector = ByteBuffer.allocate(ChangeCodecV1.size(manifest.vector()));
    ChangeCodecV1.putVector(vector, manifest.vector());
    out.writeShort(vector.capacity());
    out.write(vector.array());
    out.writeInt(manifest.tables().size());
    for (TableFile table : manifest.tables()) {
      writeTable(out, table);
    }
    out.writeInt(manifest.collections().size());
    for (CollectionState collection : manifest.collections()) {
      writeCollection(out, collection);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.toByteArray());
    out.writeInt((int) crc.getValue());
    return bytes.toByteArray();
  }

  /** Reads a manifest; anything else is an IOException that says what is wrong. */
  static Manifest decode(byte[] bytes) throws IOException {
    int body = bytes.length - Integer.BYTES;
    if (body < 0) {
      throw new IOException("it has only " + bytes.length + " bytes");
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, body);
    if (ByteBuffer.wrap(bytes).getInt(body) != (int) crc.getValue()) {
      throw new IOException("its checksum does not fit its bytes");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, body));
    if (in.readInt() != MAGIC) {
      throw new IOException("it is no manifest");
    }
    byte version = in.readByte();
    if (version < WITHOUT_CONCURRENCY || version > VERSION) {
      throw new NewerFormatException(version, VERSION);
    }
    ReplicaId region = new ReplicaId(in.readUTF());
    long tableNumber = in.readLong();
    Lsn checkpoint = new Lsn(in.readLong());
    HlcTimestamp clockFloor = new HlcTimestamp(in.readLong());
    byte[] vectorBytes = in.readNBytes(in.readUnsignedShort());
    VersionVector vector = ChangeCodecV1.getVector(ByteBuffer.wrap(vectorBytes));
    List<TableFile> tables = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      tables.add(readTable(in));
    }
    List<CollectionState> collections = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      collections.add(readCollection(in, version));
    }
    return new Manifest(region, tableNumber, checkpoint, vector, clockFloor, tables, collections);
  }

  private static void writeTable(DataOutputStream out, TableFile table) throws IOException {
    out.writeUTF(table.name());
    out.writeLong(table.entries());
    out.writeLong(table.rawBytes());
    out.writeLong(table.latest().packed());
    out.writeLong(table.log().first().value());
    out.writeLong(table.log().last().value());
    out.writeShort(table.parts().size());
    for (TableFile.Part part : table.parts()) {
      out.writeUTF(part.name());
      out.writeLong(part.bytes());
      out.writeLong(part.modifiedMillis());
      out.writeInt(part.crcs().size());
      for (int crc : part.crcs()) {
        out.writeInt(crc);
      }
    }
  }

  private static TableFile readTable(DataInputStream in) throws IOException {
    String name = in.readUTF();
    long entries = in.readLong();
    long rawBytes = in.readLong();
    HlcTimestamp latest = new HlcTimestamp(in.readLong());
    TableFile.LogRange log = new TableFile.LogRange(new Lsn(in.readLong()), new Lsn(in.readLong()));
    List<TableFile.Part> parts = new ArrayList<>();
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      parts.add(new TableFile.Part(in.readUTF(), in.readLong(), in.readLong(), readChecksums(in)));
    }
    return new TableFile(name, entries, rawBytes, latest, log, parts);
  }

  private static List<Integer> readChecksums(DataInputStream in) throws IOException {
    List<Integer> crcs = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      crcs.add(in.readInt());
    }
    return crcs;
  }

  private static void writeCollection(DataOutputStream out, CollectionState state)
      throws IOException {
    out.writeUTF(state.name().value());
    out.writeLong(state.count());
    out.writeLong(state.bytes());
    out.writeLong(state.firstMillis());
    out.writeLong(state.latest().packed());
    out.writeLong(state.droppedAt().packed());
    if (state.settings().isEmpty()) {
      out.writeInt(-1);
    } else {
      Bytes settings = state.settings().get();
      out.writeInt(settings.length());
      out.write(settings.array(), settings.offset(), settings.length());
    }
    out.writeBoolean(state.former().isPresent());
    if (state.former().isPresent()) {
      FormerLimits former = state.former().get();
      out.writeLong(former.until().packed());
      out.writeInt(former.keepVersions());
      out.writeLong(former.keepFor().toMillis());
    }
    out.writeLong(state.concurrency().conflicted());
    out.writeLong(state.concurrency().conflicts());
    out.writeLong(state.concurrency().operations());
    out.writeLong(state.digest());
  }

  private static CollectionState readCollection(DataInputStream in, byte version)
      throws IOException {
    CollectionName name = new CollectionName(in.readUTF());
    long count = in.readLong();
    long bytes = in.readLong();
    long firstMillis = in.readLong();
    HlcTimestamp latest = new HlcTimestamp(in.readLong());
    HlcTimestamp droppedAt = new HlcTimestamp(in.readLong());
    int length = in.readInt();
    Optional<Bytes> settings =
        length < 0 ? Optional.empty() : Optional.of(new Bytes(in.readNBytes(length)));
    Optional<FormerLimits> former = Optional.empty();
    if (in.readBoolean()) {
      former =
          Optional.of(
              new FormerLimits(
                  new HlcTimestamp(in.readLong()), in.readInt(), Duration.ofMillis(in.readLong())));
    }
    return new CollectionState(
        name,
        count,
        bytes,
        firstMillis,
        latest,
        droppedAt,
        settings,
        former,
        version > WITHOUT_CONCURRENCY
            ? new Concurrency(in.readLong(), in.readLong(), in.readLong())
            : Concurrency.NONE,
        version > WITHOUT_DIGEST ? in.readLong() : 0);
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MAX_ITEMS) {
      throw new IOException("it claims " + count + " entries");
    }
    return count;
  }
}
