/** Rules for input: identifiers, numbers, and how an invalid field is reported. */
@NullMarked
package dev.tideline.engine.input;

import org.jspecify.annotations.NullMarked;
