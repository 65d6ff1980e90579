/** Keeps the promise of each consistency level; what the API and the console call. */
@NullMarked
package dev.meridian.coordinator;

import org.jspecify.annotations.NullMarked;
