package dev.meridian.engine;

import dev.meridian.document.FieldedBody;
import dev.meridian.document.StoredDocument;
import java.util.Optional;

/**
 * A document with its CRDT fields, as it is at one moment.
 *
 * @param stored as readers see it; empty when there is none
 * @param body as it is stored; empty when the document is not alive here
 * @param incarnation of a field that is made now: names what the document was before
 */
public record FieldedDocument(
    Optional<StoredDocument> stored, FieldedBody body, String incarnation) {}
