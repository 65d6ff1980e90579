package dev.meridian.replication;

import dev.meridian.clock.Dot;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the frames in the bytes of a file of hints, whatever happened to it. What cannot be read is
 * left out up to the next frame that can.
 *
 * <p>The tail is torn, which is no damage, where the process or the power went while it was
 * written: a part of a frame, or nothing but zeros. Nobody was told that it is held.
 */
final class HintScan {

  private final byte[] bytes;
  private final HintFileCodecV1 codec;
  private final List<Found> found = new ArrayList<>();
  private int damaged;
  private int torn;

  /**
   * A hint that can be read.
   *
   * @param length of the frame
   */
  record Found(Dot dot, long position, int length, long millis) {}

  private HintScan(String name, byte[] bytes) {
    this.bytes = bytes;
    this.codec = new HintFileCodecV1(name);
  }

  /**
   * @param name of the file, without its directory
   * @param bytes all of the file
   */
  static HintScan of(String name, byte[] bytes) {
    HintScan scan = new HintScan(name, bytes);
    scan.run();
    return scan;
  }

  List<Found> found() {
    return found;
  }

  /**
   * How many runs of bytes are damaged: at least so many hints, if they are not one behind the
   * other.
   */
  int damaged() {
    return damaged;
  }

  /** Bytes of a torn tail. */
  int torn() {
    return torn;
  }

  private void run() {
    int at = HintFileCodecV1.FILE_HEAD_BYTES;
    while (at < bytes.length) {
      if (isWhole(at)) {
        take(at);
        at += HintFileCodecV1.length(bytes, at);
        continue;
      }
      int next = next(at + 1);
      if (next < bytes.length || !isTornFrom(at)) {
        damaged++;
      } else {
        torn = bytes.length - at;
      }
      at = next;
    }
  }

  /** A head whose frame ends within the file. */
  private boolean isWhole(int at) {
    return at <= bytes.length - HintFileCodecV1.FRAME_HEAD_BYTES
        && HintFileCodecV1.length(bytes, at) <= bytes.length - at
        && codec.isHead(at, bytes, at);
  }

  private void take(int at) {
    Optional<Dot> dot = codec.change(bytes, at).flatMap(HintScan::dot);
    if (dot.isPresent()) {
      long millis = HintFileCodecV1.millis(bytes, at);
      found.add(new Found(dot.get(), at, HintFileCodecV1.length(bytes, at), millis));
    } else {
      damaged++;
    }
  }

  private int next(int from) {
    int at = from;
    while (at < bytes.length && !isWhole(at)) {
      at++;
    }
    return at;
  }

  private boolean isTornFrom(int at) {
    if (bytes.length - at < HintFileCodecV1.FRAME_HEAD_BYTES || codec.isHead(at, bytes, at)) {
      return true;
    }
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Empty when these bytes, whatever their check says, are no change. */
  static Optional<Dot> dot(Bytes change) {
    try {
      return Optional.of(ChangeCodecV1.dot(change));
    } catch (IllegalArgumentException | BufferUnderflowException | IndexOutOfBoundsException no) {
      return Optional.empty();
    }
  }
}
