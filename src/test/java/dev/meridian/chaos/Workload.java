package dev.meridian.chaos;

import java.io.IOException;
import java.util.List;

/**
 * What clients of one kind do, and what their history has to be like. Many clients, each in a
 * thread of its own, share one.
 */
interface Workload {

  String name();

  /** What has to be there before anything is broken. */
  void prepare(ChaosCluster cluster) throws IOException;

  /** One request, or two that belong together. */
  void step(Client client);

  /** Reads everything in all regions, when all is well and all have heard everything. */
  void readAll(Client client);

  /** What is wrong with a history; nothing when it keeps all promises. */
  List<String> wrong(List<Operation> history);
}
