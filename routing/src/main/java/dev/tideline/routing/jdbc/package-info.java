/** Base classes for JDBC interfaces that forward every call. */
@NullMarked
package dev.tideline.routing.jdbc;

import org.jspecify.annotations.NullMarked;
