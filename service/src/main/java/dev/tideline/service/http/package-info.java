/**
 * The HTTP interface: routes, limits, problem documents. Helidon is known here and nowhere else in
 * this module.
 */
@NullMarked
package dev.tideline.service.http;

import org.jspecify.annotations.NullMarked;
