package planted.adapter.engine.mapdb;

/** Stands for a technology. */
public record Adapter() {}
