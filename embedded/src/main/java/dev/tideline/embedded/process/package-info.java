/**
 * Server processes: unpacked binaries, ports, supervision with restarts, log rotation, and the
 * cleanup of processes that were left running.
 */
@NullMarked
package dev.tideline.embedded.process;

import org.jspecify.annotations.NullMarked;
