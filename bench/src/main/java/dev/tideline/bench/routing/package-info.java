/** What routing costs and gains, beside other routers on the same databases. */
@NullMarked
package dev.tideline.bench.routing;

import org.jspecify.annotations.NullMarked;
