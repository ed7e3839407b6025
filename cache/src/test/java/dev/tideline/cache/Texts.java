package dev.tideline.cache;

import java.nio.charset.StandardCharsets;

/** Texts as bytes. */
final class Texts implements Codec<String> {

  @Override
  public byte[] encode(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String decode(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
