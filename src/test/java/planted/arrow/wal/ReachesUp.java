package planted.arrow.wal;

/** The log must not know the engine. */
public record ReachesUp(planted.arrow.engine.Above above) {}
