package dev.meridian.engine;

import dev.meridian.document.DocumentId;

/** A document whose versions collided at some time, and what is known of that. */
public record CollidedDocument(DocumentId id, ConflictRecord record) {}
