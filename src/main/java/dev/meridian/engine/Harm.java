package dev.meridian.engine;

/** What a drill does to documents beneath the log. */
public enum Harm {
  /** Nothing of them is left. */
  LOSE,
  /** Their newest versions are gone: those before show again. */
  LOSE_NEWEST,
  /** Their newest versions get another body. */
  ALTER
}
