package dev.meridian.cluster.http;

import java.time.Duration;

/**
 * How peers are reached over HTTP.
 *
 * @param connectTimeout until a connection is there; too short and distant peers are never reached
 * @param answerTimeout until a stream's first byte; a peer that delays its stream on purpose needs
 *     it longer than the delay
 * @param callTimeout for a report or a status question, all in all
 * @param pastTimeout for the question for a region's past, which waits until its peer has written
 *     what it had taken before
 * @param silence a stream that we read and that brings no byte for so long is broken; many
 *     heartbeats
 * @param minBackoff the first pause between attempts to connect; it doubles
 * @param maxBackoff the longest pause; a peer that returns is noticed that late at most
 * @param maxStatusBytes of a peer's status answer
 * @param maxUnsentBytes written to a reader and not taken by its connection; the memory a slow
 *     reader costs, besides one message
 */
public record HttpSettings(
    Duration connectTimeout,
    Duration answerTimeout,
    Duration callTimeout,
    Duration pastTimeout,
    Duration silence,
    Duration minBackoff,
    Duration maxBackoff,
    int maxStatusBytes,
    int maxUnsentBytes) {

  public HttpSettings {
    if (minBackoff.toMillis() < 1 || maxBackoff.compareTo(minBackoff) < 0) {
      throw new IllegalArgumentException(
          "expected 1 ms <= minBackoff <= maxBackoff: " + minBackoff + ", " + maxBackoff);
    }
    if (maxStatusBytes < 1 || maxUnsentBytes < 1) {
      throw new IllegalArgumentException("sizes are positive");
    }
  }

  public static HttpSettings defaults() {
    return new HttpSettings(
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofMillis(50),
        Duration.ofSeconds(2),
        1 << 20,
        1 << 20);
  }

  /** The same for peers that send heartbeats at another interval. */
  public HttpSettings withHeartbeat(Duration heartbeat) {
    return new HttpSettings(
        connectTimeout,
        answerTimeout,
        callTimeout,
        pastTimeout,
        heartbeat.multipliedBy(20),
        minBackoff,
        maxBackoff,
        maxStatusBytes,
        maxUnsentBytes);
  }
}
