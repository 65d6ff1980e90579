/** What users store, and how it is written down. */
@NullMarked
package dev.meridian.document;

import org.jspecify.annotations.NullMarked;
