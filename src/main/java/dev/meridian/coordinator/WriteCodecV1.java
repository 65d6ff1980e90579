package dev.meridian.coordinator;

import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.document.DocumentPatch;
import dev.meridian.document.FailureCode;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import dev.meridian.document.Revision;
import dev.meridian.document.StoreFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of {@link ReplicaCodecV1} about writes that are made in another region's name. {@code
 * regions} is a count u8 and as many texts, {@code flag} a byte 0 or 1.
 *
 * <pre>
 *  Write     collection text | regions | moves flag | hints flag | durability u8 | seen vector |
 *            degrade flag | timeout ms u32 | traceparent text | count u16, then count × operation
 *  operation 1 id text | body bytes | condition     a document
 *            2 id text | condition                  a deletion
 *            3 id text | kind u8 | patch bytes | condition | returning flag
 *  kind      1 merge patch | 2 JSON patch
 *  condition 0 none | 1 absent | 2 present | 3, 4 any of, none of: count u8, then count × version |
 *            5 both: condition | condition | 6 resolves: revision text
 *
 *  Written   seen vector | charge u64 | receipt | count u16, then count × outcome
 *  outcome   1 version | created flag    2 version    3 failure    4 version | body bytes
 *  failure   kind u8 | code text | detail text | count u8, then count × (name text | value)
 *  value     0 text | 1 u64
 *  receipt   asked text | got text | why text | regions | acks u16 | need u16 | 3 × nanos u64
 * </pre>
 */
final class WriteCodecV1 {

  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int PATCH = 3;
  private static final int MAX_CONDITION_DEPTH = 4;

  private WriteCodecV1() {}

  static void put(MessageWriter out, ReplicaQuestion.Write write) {
    WriteOptions options = write.options();
    out.text(write.collection().value()).regions(write.target().placement().regions());
    out.present(write.target().moves()).present(write.target().hints());
    out.type(options.durability().ordinal()).vector(options.session().seen());
    out.present(options.degrade()).u32((int) options.timeout().toMillis());
    out.text(options.traceparent()).u16(write.operations().size());
    for (BulkOperation operation : write.operations()) {
      switch (operation) {
        case BulkOperation.Put put -> {
          out.type(PUT).text(put.id().value()).bytes(put.body());
          condition(out, put.precondition());
        }
        case BulkOperation.Delete delete -> {
          out.type(DELETE).text(delete.id().value());
          condition(out, delete.precondition());
        }
        case BulkOperation.Patch patch -> {
          out.type(PATCH).text(patch.id().value()).type(kind(patch.patch().kind()));
          condition(out.bytes(patch.patch().json().toBytes()), patch.precondition());
          out.present(patch.returning());
        }
        case BulkOperation.Get get -> throw new IllegalArgumentException("a read is no write");
      }
    }
  }

  private static int kind(DocumentPatch.Kind kind) {
    return switch (kind) {
      case MERGE_PATCH -> 1;
      case JSON_PATCH -> 2;
      case CRDT -> 3;
    };
  }

  private static DocumentPatch.Kind kind(int kind) {
    return switch (kind) {
      case 1 -> DocumentPatch.Kind.MERGE_PATCH;
      case 2 -> DocumentPatch.Kind.JSON_PATCH;
      case 3 -> DocumentPatch.Kind.CRDT;
      default -> throw new IllegalArgumentException("a patch of unknown kind " + kind);
    };
  }

  static ReplicaQuestion.Write write(MessageReader in) {
    var collection = in.collection();
    Placements.Target target =
        new Placements.Target(Placement.in(in.regions()), in.present(), in.present());
    WriteOptions options =
        new WriteOptions(
            durability(in.u8()),
            new SessionToken(in.vector()),
            Precondition.NONE,
            in.present(),
            Duration.ofMillis(in.millis()),
            in.text());
    int count = in.u16();
    if (count > Documents.MAX_BULK_OPERATIONS) {
      throw new IllegalArgumentException(count + " operations");
    }
    List<BulkOperation> operations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      operations.add(operation(in));
    }
    return new ReplicaQuestion.Write(collection, target, operations, options);
  }

  private static Durability durability(int ordinal) {
    if (ordinal >= Durability.values().length) {
      throw new IllegalArgumentException("an unknown durability: " + ordinal);
    }
    return Durability.values()[ordinal];
  }

  private static BulkOperation operation(MessageReader in) {
    int type = in.u8();
    return switch (type) {
      case PUT -> new BulkOperation.Put(in.id(), in.bytes(), condition(in, MAX_CONDITION_DEPTH));
      case DELETE -> new BulkOperation.Delete(in.id(), condition(in, MAX_CONDITION_DEPTH));
      case PATCH ->
          new BulkOperation.Patch(
              in.id(),
              DocumentPatch.parse(kind(in.u8()), in.bytes()),
              condition(in, MAX_CONDITION_DEPTH),
              in.present());
      default -> throw new IllegalArgumentException("an operation of unknown type " + type);
    };
  }

  private static void condition(MessageWriter out, Precondition condition) {
    switch (condition) {
      case Precondition.None none -> out.type(0);
      case Precondition.Absent absent -> out.type(1);
      case Precondition.Present present -> out.type(2);
      case Precondition.AnyOf(List<Revision> revisions) -> revisions(out.type(3), revisions);
      case Precondition.NoneOf(List<Revision> revisions) -> revisions(out.type(4), revisions);
      case Precondition.Both(Precondition first, Precondition second) -> {
        condition(out.type(5), first);
        condition(out, second);
      }
      case Precondition.Resolves(Revision heads) -> out.type(6).text(heads.toString());
    }
  }

  private static Precondition condition(MessageReader in, int depth) {
    int type = in.u8();
    if (depth == 0) {
      throw new IllegalArgumentException("conditions nest too deep");
    }
    return switch (type) {
      case 0 -> Precondition.NONE;
      case 1 -> new Precondition.Absent();
      case 2 -> new Precondition.Present();
      case 3 -> new Precondition.AnyOf(revisions(in));
      case 4 -> new Precondition.NoneOf(revisions(in));
      case 5 -> new Precondition.Both(condition(in, depth - 1), condition(in, depth - 1));
      case 6 -> new Precondition.Resolves(Revision.parse(in.text()));
      default -> throw new IllegalArgumentException("a condition of unknown type " + type);
    };
  }

  private static void revisions(MessageWriter out, List<Revision> revisions) {
    out.u16(revisions.size());
    revisions.forEach(revision -> out.text(revision.toString()));
  }

  private static List<Revision> revisions(MessageReader in) {
    int count = in.u16();
    List<Revision> revisions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      revisions.add(Revision.parse(in.text()));
    }
    return revisions;
  }

  static void put(MessageWriter out, Documents.BulkResult result) {
    Answer answer = result.answer();
    out.vector(answer.session().seen()).u64(answer.charge());
    receipt(out, answer.receipt());
    out.u16(result.outcomes().size());
    for (BulkOutcome outcome : result.outcomes()) {
      switch (outcome) {
        case BulkOutcome.Written(var version, boolean created) ->
            out.type(1).version(version).present(created);
        case BulkOutcome.Deleted(var version) -> out.type(2).version(version);
        case BulkOutcome.Failed(StoreFailure failure) -> failure(out.type(3), failure);
        case BulkOutcome.Patched(var version, var body) -> out.type(4).version(version).bytes(body);
        case BulkOutcome.Found found -> throw new IllegalArgumentException("a read is no write");
      }
    }
  }

  static Documents.BulkResult result(MessageReader in) {
    SessionToken session = new SessionToken(in.vector());
    Answer answer = new Answer(session, 0, in.u64(), receipt(in));
    int count = in.u16();
    List<BulkOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outcomes.add(outcome(in));
    }
    return new Documents.BulkResult(outcomes, answer);
  }

  private static BulkOutcome outcome(MessageReader in) {
    int type = in.u8();
    return switch (type) {
      case 1 -> new BulkOutcome.Written(in.version(), in.present());
      case 2 -> new BulkOutcome.Deleted(in.version());
      case 3 -> new BulkOutcome.Failed(failure(in));
      case 4 -> new BulkOutcome.Patched(in.version(), in.bytes());
      default -> throw new IllegalArgumentException("an outcome of unknown type " + type);
    };
  }

  private static void failure(MessageWriter out, StoreFailure failure) {
    int kind =
        switch (failure) {
          case StoreFailure.CallerMistake mistake -> 0;
          case StoreFailure.Unavailable unavailable -> 1;
          case StoreFailure.Fault fault -> 2;
          case StoreFailure.OutcomeUnknown unknown -> 3;
        };
    out.type(kind).text(failure.code().text()).text(String.valueOf(failure.getMessage()));
    out.type(failure.members().size());
    failure
        .members()
        .forEach(
            (name, value) -> {
              out.text(name);
              if (value instanceof Number number) {
                out.type(1).u64(number.longValue());
              } else {
                out.type(0).text(value.toString());
              }
            });
  }

  private static StoreFailure failure(MessageReader in) {
    int kind = in.u8();
    FailureCode code = in.code();
    String detail = in.text();
    Map<String, Object> members = new LinkedHashMap<>();
    for (int count = in.u8(); count > 0; count--) {
      String name = in.text();
      members.put(name, in.present() ? (Object) in.u64() : in.text());
    }
    return switch (kind) {
      case 0 -> new StoreFailure.CallerMistake(code, detail, members);
      case 1 -> new StoreFailure.Unavailable(code, detail, members);
      case 2 -> new StoreFailure.Fault(code, detail, new IllegalStateException(detail));
      case 3 -> new StoreFailure.OutcomeUnknown(detail, members);
      default -> throw new IllegalArgumentException("a failure of unknown kind " + kind);
    };
  }

  private static void receipt(MessageWriter out, Receipt receipt) {
    out.text(receipt.asked()).text(receipt.got()).text(receipt.why()).regions(receipt.regions());
    HereNanos here = receipt.times().here();
    out.u16(receipt.acks()).u16(receipt.need()).u64(here.log() + here.apply()); // both in one
    out.u64(receipt.times().waitNanos()).u64(receipt.times().wanNanos());
  }

  private static Receipt receipt(MessageReader in) {
    return new Receipt(
        in.text(),
        in.text(),
        in.text(),
        in.regions(),
        in.u16(),
        in.u16(),
        new Receipt.Times(new HereNanos(in.u64(), 0), in.u64(), in.u64()));
  }
}
