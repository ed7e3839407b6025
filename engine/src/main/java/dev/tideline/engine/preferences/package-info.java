/** Preferences of users, and the removal of all data about a user. */
@NullMarked
package dev.tideline.engine.preferences;

import org.jspecify.annotations.NullMarked;
