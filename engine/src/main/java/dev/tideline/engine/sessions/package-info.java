/** The last events of each session, in Redis. */
@NullMarked
package dev.tideline.engine.sessions;

import org.jspecify.annotations.NullMarked;
