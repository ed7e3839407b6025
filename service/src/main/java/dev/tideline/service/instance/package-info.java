/** One instance of the service, wired from its configuration and closed in reverse order. */
@NullMarked
package dev.tideline.service.instance;

import org.jspecify.annotations.NullMarked;
