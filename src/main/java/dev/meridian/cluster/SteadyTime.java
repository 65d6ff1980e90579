package dev.meridian.cluster;

/**
 * What a process's steady clock shows. Nobody can set that one, so how far two of them are apart
 * stays as it is, but for their drift; from the wall clock's jumps nothing follows for it.
 *
 * @param clock tells it from all other steady clocks, those of the same region's other processes
 *     too
 * @param nanos since an arbitrary start
 */
public record SteadyTime(long clock, long nanos) {

  /** Of the encoded form. */
  public static final int BYTES = 2 * Long.BYTES;
}
