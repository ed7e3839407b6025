/**
 * Server processes: unpacked binaries, ports, supervision with restarts, logs, and the cleanup of
 * what is left behind.
 */
@NullMarked
package dev.tideline.embedded.process;

import org.jspecify.annotations.NullMarked;
