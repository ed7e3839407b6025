package dev.tideline.cache.edge;

import dev.tideline.cache.CacheKey;
import dev.tideline.cache.Tags;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tags as edges take them: in ASCII, without what separates one from the next, and bounded. Two
 * tags never have the same key.
 */
public final class SurrogateKeys {

  /** Fastly and Cloudflare take 1,024 characters; a shorter key lets more of them into a header. */
  static final int KEY_LENGTH_MAX = 300;

  /** Of a longer key, what is kept before its digest. */
  private static final int HEAD_LENGTH = 200;

  /** Varnish refuses answers with a header of more than 8,192 characters. */
  static final int HEADER_LENGTH_MAX = 7_500;

  private SurrogateKeys() {}

  public static String of(String tag) {
    String encoded =
        URLEncoder.encode(tag, StandardCharsets.UTF_8)
            .replace("%3A", ":")
            .replace("+", "%20")
            .replace("%2F", "/");
    if (encoded.length() <= KEY_LENGTH_MAX) {
      return encoded;
    }
    // the sign between them is in no encoded tag
    return encoded.substring(0, HEAD_LENGTH) + '~' + CacheKey.builder().text("tag", tag).digest();
  }

  /**
   * Several, with this between them.
   *
   * @param anyTag what every write invalidates; it stands for keys that would be too long together
   */
  public static String join(Collection<String> tags, String separator, String anyTag) {
    String joined = joined(tags, separator);
    return joined.length() <= HEADER_LENGTH_MAX
        ? joined
        : joined(List.of(Tags.ALL, anyTag), separator);
  }

  private static String joined(Collection<String> tags, String separator) {
    return tags.stream().map(SurrogateKeys::of).collect(Collectors.joining(separator));
  }
}
