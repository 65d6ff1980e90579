package planted.adapter.engine;

/** A room that imports its own adapter. */
public record ImportsAdapter(planted.adapter.engine.mapdb.Adapter adapter) {}
