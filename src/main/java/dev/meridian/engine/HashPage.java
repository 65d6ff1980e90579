package dev.meridian.engine;

import dev.meridian.document.DocumentId;
import java.util.List;
import java.util.Optional;

/**
 * A part of a walk through what the documents of a collection hash to.
 *
 * @param documents in the byte order of their ids
 * @param untold documents of which it cannot be told any more what they were
 * @param last the id that was looked at last, which need not be among them; empty at the end
 */
public record HashPage(
    List<DocumentHash> documents, List<DocumentId> untold, Optional<DocumentId> last) {}
