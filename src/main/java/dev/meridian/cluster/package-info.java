/** Who the other regions are, and how to reach them. */
@NullMarked
package dev.meridian.cluster;

import org.jspecify.annotations.NullMarked;
