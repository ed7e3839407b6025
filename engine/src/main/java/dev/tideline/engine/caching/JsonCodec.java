package dev.tideline.engine.caching;

import dev.tideline.cache.Codec;
import dev.tideline.engine.database.StoredJson;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** Records as JSON. Thread-safe. */
public final class JsonCodec<V> implements Codec<V> {

  private static final JsonMapper JSON = StoredJson.MAPPER;

  private final JavaType type;

  private JsonCodec(JavaType type) {
    this.type = type;
  }

  public static <V> JsonCodec<V> of(Class<V> type) {
    return new JsonCodec<>(JSON.constructType(type));
  }

  public static <V> JsonCodec<V> of(TypeReference<V> type) {
    return new JsonCodec<>(JSON.constructType(type));
  }

  @Override
  public byte[] encode(V value) {
    return JSON.writerFor(type).writeValueAsBytes(value);
  }

  @Override
  public V decode(byte[] bytes) {
    return JSON.readValue(bytes, type);
  }
}
