/** Instances that are pods of a Kubernetes Deployment. */
@NullMarked
package dev.tideline.fleet.kubernetes;

import org.jspecify.annotations.NullMarked;
