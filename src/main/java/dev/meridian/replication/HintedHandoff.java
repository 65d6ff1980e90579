package dev.meridian.replication;

import dev.meridian.clock.*;
import dev.meridian.document.Bytes;
import java.util.*;

public final class HintedHandoff {
  public void hold(ReplicaId target, List<Bytes> changes) {}

  public Optional<Bytes> find(ReplicaId target, Dot dot) {
    return Optional.empty();
  }

  public void covered(ReplicaId target, VersionVector applied) {}
}
