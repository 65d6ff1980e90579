/**
 * Tables as MapDB files: a {@link org.mapdb.SortedTableMap} each, written once in key order,
 * forced, and from then on only read. The only package that imports MapDB.
 *
 * <h2>A table's files</h2>
 *
 * <ul>
 *   <li>{@code <name>.table}: the sorted map; key as in {@code TableKey}, value the change's bytes.
 *       The node size (8) and delta-coded keys are what measured best for point reads and scans.
 *   <li>{@code <name>.values}: changes above {@link
 *       dev.meridian.engine.mapdb.MapDbTableStore#INLINE_MAX_BYTES}, which would not fit a node of
 *       the map and would slow scans of small documents. The map then holds a reference.
 *   <li>{@code <name>.filter}: the Bloom filter over document prefixes.
 * </ul>
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>Unmapping under a reader</b> would crash the process. Files are never unmapped by hand:
 *       a table that is no longer named is deleted from the directory, and its memory goes when the
 *       last reader has let go of it.
 *   <li><b>MapDB checks no data.</b> Every file's CRC32C stands in the manifest; it is verified
 *       when size or time of change differ from what was recorded, and large values are verified on
 *       each read.
 * </ul>
 */
@NullMarked
package dev.meridian.engine.mapdb;

import org.jspecify.annotations.NullMarked;
