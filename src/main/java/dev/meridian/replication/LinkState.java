package dev.meridian.replication;

/** What a link is doing, as in the status answers. */
public enum LinkState {
  /** The peer was not reached yet, or is being reached again. */
  CONNECTING("connecting"),
  /** Changes arrive as they are made. */
  STREAMING("streaming"),
  /** Connected, and many changes behind. */
  CATCHING_UP("catching-up"),
  /** Stopped by an operator, or because the store refuses what arrives; nothing is lost. */
  PAUSED("paused"),
  /** Not connected, and the peer was not heard of for long. */
  DOWN("down");

  private final String text;

  LinkState(String text) {
    this.text = text;
  }

  /** The state as it is written in answers. */
  public String text() {
    return text;
  }
}
