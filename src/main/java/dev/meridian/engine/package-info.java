/** Single writer: log first, then tables. */
@NullMarked
package dev.meridian.engine;

import org.jspecify.annotations.NullMarked;
