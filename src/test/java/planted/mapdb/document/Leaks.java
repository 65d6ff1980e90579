package planted.mapdb.document;

/** Imports MapDB outside its adapter. */
public record Leaks(org.mapdb.volume.Volume volume) {}
