/** The shop's domain, one package a feature; what they share is here. It knows no HTTP. */
@NullMarked
package dev.tideline.engine;

import org.jspecify.annotations.NullMarked;
