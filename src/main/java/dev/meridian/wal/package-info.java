/** Durable, ordered, checksummed bytes. */
@NullMarked
package dev.meridian.wal;

import org.jspecify.annotations.NullMarked;
