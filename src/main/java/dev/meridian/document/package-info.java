/**
 * What users store: names and ids, JSON and its rules, settings of collections, changes and the
 * versions they make, conditions of writes, and the reasons why something is refused.
 *
 * <p>All types are immutable values; a value that exists is valid.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>A document is kept as the client's bytes without insignificant white space. It is checked
 *       once on its way in and never parsed again, unless a patch changes it: numbers keep their
 *       text then too, of strings the characters.
 *   <li>A {@link dev.meridian.document.Change} is the same bytes in every log, table and stream.
 *   <li>Failure codes are a contract with clients; a code never changes its meaning.
 * </ul>
 *
 * <h2>Conflicts</h2>
 *
 * {@link dev.meridian.document.Lineage} tells from version vectors which versions stand side by
 * side and the version all of them come from. {@link dev.meridian.document.ConflictResolver} shows
 * them as the collection's policy says: the latest, all, or merged place by place ({@link
 * dev.meridian.document.ThreeWayMerge}). It is a function of versions, base and settings and of
 * nothing else: so regions that have the same show the same bytes, without telling each other.
 *
 * <h2>Hazard</h2>
 *
 * Byte arrays are shared, not copied: who writes to one after it was wrapped changes history.
 */
@NullMarked
package dev.meridian.document;

import org.jspecify.annotations.NullMarked;
