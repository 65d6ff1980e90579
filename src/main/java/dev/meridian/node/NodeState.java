package dev.meridian.node;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Where the node is in its life. */
@ApplicationScoped
public class NodeState {

  /** The stages, in order; a region that is filled anew goes through them again. */
  enum Stage {
    STARTING,
    /** Built and heard by its peers, but not yet sure to have all its own changes. */
    RECOVERING,
    /** Takes writes; what it would read is not complete yet. */
    FILLING,
    RUNNING,
    STOPPING
  }

  private volatile Stage stage = Stage.STARTING;
  private volatile String progress = "not begun";

  Stage stage() {
    return stage;
  }

  /** One that stops does nothing else any more. */
  synchronized void stage(Stage next) {
    if (stage != Stage.STOPPING) {
      stage = next;
    }
  }

  /** Changes over, unless it is in another stage than was expected; then false. */
  synchronized boolean change(Set<Stage> expected, Stage next) {
    boolean is = expected.contains(stage);
    if (is) {
      stage = next;
    }
    return is;
  }

  /** What the start is at, for people. */
  String progress() {
    return progress;
  }

  void progress(String what) {
    progress = what;
  }
}
