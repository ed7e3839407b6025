/** A PostgreSQL primary with streaming replicas, run as processes on this machine. */
@NullMarked
package dev.tideline.embedded.postgres;

import org.jspecify.annotations.NullMarked;
