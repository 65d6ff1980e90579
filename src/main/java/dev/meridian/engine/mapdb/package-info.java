/**
 * Tables as MapDB files: {@link org.mapdb.SortedTableMap}s, written once, forced, and from then on
 * only read. The only package that imports MapDB.
 *
 * <h2>A table's files</h2>
 *
 * <ul>
 *   <li>{@code <name>.<n>.table}: the shelves, MapDB files of at most 512 MiB that map block
 *       numbers to blocks. A {@link dev.meridian.engine.mapdb.Block} is about 4 KiB of neighbouring
 *       versions with prefix-compressed keys; merged tables compress theirs (LZ4).
 *   <li>{@code <name>.keys}, {@code <name>.ends}: the {@link dev.meridian.engine.mapdb.BlockIndex},
 *       where each block begins.
 *   <li>{@code <name>.values}: changes above {@link
 *       dev.meridian.engine.mapdb.MapDbTableStore#INLINE_MAX_BYTES}, so that scans of small
 *       documents do not drag them along. The block then holds a reference.
 *   <li>{@code <name>.filter}: the Bloom filter over document prefixes, in buckets of 64 bytes.
 * </ul>
 *
 * <h2>Nothing wrong is served</h2>
 *
 * MapDB checks no data. Blocks and large values carry a CRC32C and filter buckets a checksum, each
 * verified at each read, and a block knows its bounds, so neither a damaged index nor a damaged
 * MapDB file can lead to a wrong answer: what is found proves that it is what was looked for.
 * Damage beyond that (padding, say) is found by the manifest's checksums of each MiB, at a start
 * when size or time of change differ, and by a scrub.
 *
 * <h2>Why this shape</h2>
 *
 * Measured on two shared cores, CPU µs per entry, medians of three rounds of {@code bin/bench
 * tables}:
 *
 * <pre>
 *                                     write   point get   scan    MB per 100,000 of 300 B
 *  SortedTableMap, node 8              1.5      6.5       0.10     33.6
 *  SortedTableMap, node 32             1.6     12.4       0.10     32.5
 *  BTreeMap from its sink, node 8      3.2      7.3       0.13     35.7
 *  BTreeMap from its sink, node 32     1.5     10.2       0.13     34.6
 * </pre>
 *
 * So the SortedTableMap; most of its get is decoding nodes of keys one by one, which is why keys
 * are searched in files of our own and MapDB's file is asked by number. With documents of 1 MiB
 * beside the map both cost the same (about 200 µs a get: reading the bytes). Compression of 4 KiB
 * takes about 20 µs and unpacking about 4; it saves 40 % of documents that repeat their field
 * names. A checkpoint's table is soon merged and left as it is.
 *
 * <h2>Hazards</h2>
 *
 * <ul>
 *   <li><b>MapDB multiplies page number and page size in 32 bits:</b> beyond 2 GiB a file reads
 *       nonsense. Hence the shelves.
 *   <li><b>Opening a shelf touches each of its pages</b> (1 MiB). A disk that reads far ahead would
 *       then read all of it when cold; hence {@link dev.meridian.engine.mapdb.PageAdvice}, which is
 *       Linux' and advice only.
 *   <li><b>A shelf's last page is padded</b> to 1 MiB: tiny tables take more than they hold.
 *   <li><b>Closing under a reader</b> is an exception, not a crash: files are mapped by the
 *       platform's memory API, not by MapDB.
 * </ul>
 */
@NullMarked
package dev.meridian.engine.mapdb;

import org.jspecify.annotations.NullMarked;
