package dev.tideline.cache;

/** Turns values to bytes, for Redis, and for the size that they count for in process. */
public interface Codec<V> {

  byte[] encode(V value);

  /**
   * The value of these bytes.
   *
   * @throws RuntimeException if they are not what {@link #encode} writes; they count as missing
   */
  V decode(byte[] bytes);
}
