/** JDBC interfaces that forward every call, to build on. */
@NullMarked
package dev.tideline.routing.jdbc;

import org.jspecify.annotations.NullMarked;
