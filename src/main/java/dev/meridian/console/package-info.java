/** The console: the same calls as the API's, with pictures. */
@NullMarked
package dev.meridian.console;

import org.jspecify.annotations.NullMarked;
