/** The {@code tideline} command: one class a subcommand. */
@NullMarked
package dev.tideline.cli;

import org.jspecify.annotations.NullMarked;
