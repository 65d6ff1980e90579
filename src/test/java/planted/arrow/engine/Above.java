package planted.arrow.engine;

/** What a lower room must not see. */
public record Above() {}
