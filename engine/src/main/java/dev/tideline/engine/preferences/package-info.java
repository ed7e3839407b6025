/** Preferences of users, and the removal of everything that is kept about a user. */
@NullMarked
package dev.tideline.engine.preferences;

import org.jspecify.annotations.NullMarked;
