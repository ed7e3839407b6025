/**
 * Caches in process and in Redis, with entries that are never staler than a request allows.
 *
 * <p>{@link dev.tideline.cache.RedisConnection} is the way to Redis: bounded in time, and never in
 * the way of an answer that can do without it.
 */
@NullMarked
package dev.tideline.cache;

import org.jspecify.annotations.NullMarked;
