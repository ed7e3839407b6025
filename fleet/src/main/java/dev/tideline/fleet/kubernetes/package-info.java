/** Instances that run as pods of a Kubernetes Deployment. */
@NullMarked
package dev.tideline.fleet.kubernetes;

import org.jspecify.annotations.NullMarked;
