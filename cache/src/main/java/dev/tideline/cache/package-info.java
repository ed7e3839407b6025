/**
 * What is kept in Redis and in process memory so that databases are asked less.
 *
 * <p>{@link dev.tideline.cache.RedisConnection} is the way to Redis: bounded in time, and never in
 * the way of an answer that can do without it.
 */
@NullMarked
package dev.tideline.cache;

import org.jspecify.annotations.NullMarked;
