package dev.meridian.node;

import jakarta.enterprise.context.ApplicationScoped;

/** Where the node is in its life. */
@ApplicationScoped
public class NodeState {

  /** The stages, in order. */
  enum Stage {
    STARTING,
    /** Built and heard by its peers, but not yet sure to have all its own changes. */
    RECOVERING,
    RUNNING,
    STOPPING
  }

  private volatile Stage stage = Stage.STARTING;
  private volatile String progress = "not begun";

  Stage stage() {
    return stage;
  }

  void stage(Stage next) {
    stage = next;
  }

  /** What the start is at, for people. */
  String progress() {
    return progress;
  }

  void progress(String what) {
    progress = what;
  }
}
