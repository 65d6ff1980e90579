package dev.meridian.cluster;

import dev.meridian.clock.ReplicaId;
import dev.meridian.document.Bytes;
import java.util.concurrent.CompletionStage;

/** Answers what peers ask of this region's copy of the data. Thread-safe; does not block. */
public interface ReplicaEndpoint {

  /** The most bytes of a question; the largest document fits, to be written in another region. */
  int MAX_QUESTION_BYTES = 17 << 20;

  /** The most bytes of an answer; the largest document fits, and a page of them. */
  int MAX_ANSWER_BYTES = 17 << 20;

  /**
   * @param asker a peer of the topology
   * @param question not checked yet, at most {@link #MAX_QUESTION_BYTES}
   * @return the answer; fails with an {@link IllegalArgumentException} for what is no question
   */
  CompletionStage<Bytes> answer(ReplicaId asker, Bytes question);
}
