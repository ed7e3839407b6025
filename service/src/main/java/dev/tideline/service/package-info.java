@NullMarked
package dev.tideline.service;

import org.jspecify.annotations.NullMarked;
