@NullMarked
package dev.tideline.service.health;

import org.jspecify.annotations.NullMarked;
