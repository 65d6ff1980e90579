/**
 * What a process cannot repeat: wall time, timers, threads, randomness. Everything that needs one
 * of them gets it through its constructor, so that a whole cluster can be replayed from one seed.
 *
 * <p>What goes on for as long as the process does is a {@link dev.meridian.env.Worker}: its steps
 * run on a thread of their own, or one by one where a simulation says.
 *
 * <p>Only this room and {@code node} may reach the JDK's own; {@code ArchitectureTest} holds that.
 */
@NullMarked
package dev.meridian.env;

import org.jspecify.annotations.NullMarked;
