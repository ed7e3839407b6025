/** The settings of an instance, read from the environment; all problems are reported together. */
@NullMarked
package dev.tideline.service.config;

import org.jspecify.annotations.NullMarked;
