package dev.meridian.cluster;

/** How another region seems from here. */
public enum RegionState {
  /** It was heard of lately. */
  UP("up"),
  /** It is silent for longer than usual. */
  SUSPECT("suspect"),
  /** It is silent for so long that nobody should wait for it. */
  DOWN("down");

  private final String text;

  RegionState(String text) {
    this.text = text;
  }

  /** The state as it is written in answers. */
  public String text() {
    return text;
  }
}
