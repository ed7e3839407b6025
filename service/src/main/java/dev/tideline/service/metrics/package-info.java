/** The Prometheus metrics of an instance. */
@NullMarked
package dev.tideline.service.metrics;

import org.jspecify.annotations.NullMarked;
