@NullMarked
package dev.tideline.fleet.instance;

import org.jspecify.annotations.NullMarked;
