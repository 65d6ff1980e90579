package dev.meridian.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.meridian.crdt.CrdtType;
import dev.meridian.crdt.FieldOperation;
import dev.meridian.document.Bytes;
import dev.meridian.document.DocumentId;
import dev.meridian.document.JsonPointer;
import dev.meridian.document.JsonValue;
import dev.meridian.document.Placement;
import dev.meridian.document.Precondition;
import java.util.List;

/** Documents with a counter. */
public final class Counted {

  private Counted() {}

  /** Writes a document {@code {"n":0}} that can be counted up everywhere. */
  public static void put(EngineRig rig, String document) {
    Mutation put =
        rig.engine.withFields(
            EngineRig.C,
            new DocumentId(document),
            fielded ->
                new Mutation.Put(
                    EngineRig.C,
                    new DocumentId(document),
                    fielded
                        .body()
                        .written(
                            (JsonValue.JsonObject)
                                JsonValue.parse(
                                    Bytes.utf8("{\"n\":{\"$crdt\":\"pn-counter\",\"value\":0}}")),
                            fielded.incarnation())
                        .toBytes(),
                    Precondition.NONE,
                    Placement.EVERYWHERE,
                    "",
                    false,
                    true));
    rig.apply(put);
  }

  public static void increment(EngineRig rig, String document) {
    Bytes delta =
        rig.engine.withFields(
            EngineRig.C,
            new DocumentId(document),
            fielded ->
                new Bytes(
                    fielded
                        .body()
                        .translate(
                            List.of(
                                new FieldOperation.Increment(
                                    fielded
                                        .body()
                                        .fieldOrNew(
                                            JsonPointer.parse("/n"),
                                            CrdtType.PN_COUNTER,
                                            fielded.incarnation()),
                                    1)))
                        .encode()));
    assertInstanceOf(
        Outcome.Applied.class,
        rig.apply(
            new Mutation.Operate(
                EngineRig.C, new DocumentId(document), delta, Precondition.NONE, "")));
  }
}
