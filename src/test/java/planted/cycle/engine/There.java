package planted.cycle.engine;

/** One half of a cycle. */
public record There(planted.cycle.document.Back back) {}
