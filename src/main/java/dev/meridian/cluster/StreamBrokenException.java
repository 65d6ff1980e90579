package dev.meridian.cluster;

/** A served stream cannot go on; its reader subscribes anew from where it is. */
public final class StreamBrokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StreamBrokenException(String why) {
    super(why, null, false, false);
  }
}
