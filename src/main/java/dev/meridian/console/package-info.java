/**
 * The console: the same calls as the API's, with pictures. Served below {@code /console}; the bare
 * address {@code /} leads there.
 *
 * <p>Way in: {@link dev.meridian.console.ConsoleServlet}, and one view per route: {@link
 * dev.meridian.console.OverviewView}, {@link dev.meridian.console.CollectionsView}, {@link
 * dev.meridian.console.DocumentsView}, {@link dev.meridian.console.DocumentView}, {@link
 * dev.meridian.console.StorageView}, {@link dev.meridian.console.ReplicationView}, {@link
 * dev.meridian.console.ConflictsView}, {@link dev.meridian.console.RepairView}, {@link
 * dev.meridian.console.TextDemoView}. Way out: the interfaces of {@code coordinator} and nothing
 * below them, so the console cannot do what the API cannot.
 *
 * <p>Invariants: the address of a page holds all it needs to be opened again. A page keeps one page
 * of documents, never a collection. What is saved or deleted is checked against the revision that
 * was shown. Numbers of a document are never parsed. Nothing is told by colour alone, and the table
 * of links says all that the map does. What a peer says of itself is shown as text or dropped.
 *
 * <p>Links are judged by the objectives that the region at their end tells, {@link
 * dev.meridian.console.Links}, never by figures of the console's own; one that is not told of, or
 * not lately, has no verdict. The guarantees that are asked of a document's reads and writes,
 * {@link dev.meridian.console.Guarantees}, stand in its address, and each answer's receipt is
 * shown: a write that is not confirmed is shown as neither done nor failed.
 *
 * <p>What of a document's past is looked at stands in its address too. Going there and back leaves
 * the text being edited alone; a version is brought back by writing it anew, on the condition that
 * the newest version is still the one that was shown.
 *
 * <p>Which conflict is looked at stands in the address. What is written in its place is the result
 * that was shown, on the condition that the document is still at the revision that was shown.
 *
 * <p>Threads: views belong to their page's lock. {@link dev.meridian.console.Live} looks at the
 * cluster and at the disk once a second for all pages together, and {@link
 * dev.meridian.console.Later} brings answers to pages; both on virtual threads of their own.
 *
 * <p>Hazard: Vaadin follows bytecode from the views to find what the browser needs. A view that
 * reached an implementation of the store would make each build take a minute longer.
 *
 * <p>Hazard: the browser's part is bundled ahead of the build, in {@code src/main/bundles}. After a
 * change of {@code src/main/frontend}, of an npm package or of a component that no view used
 * before, {@code bin/bundle} must run; {@code BundleTest} fails until it has.
 *
 * <p>Hazard: the servlet answers 400 to an address with {@code /..} in it, also an encoded one, so
 * a document whose id starts with two dots opens from the grid but not by its address.
 *
 * <p>Hazard: whoever reaches the console can change everything. The node listens on loopback unless
 * told otherwise.
 */
@NullMarked
package dev.meridian.console;

import org.jspecify.annotations.NullMarked;
