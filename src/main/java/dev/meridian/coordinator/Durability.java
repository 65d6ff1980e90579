package dev.meridian.coordinator;

/** Where a write must be before it is answered. */
public enum Durability {
  NONE,
  LOCAL,
  REMOTE_WRITE,
  REMOTE_APPLY,
  QUORUM,
  ALL
}
