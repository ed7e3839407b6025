package dev.tideline.cache.edge;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/** Tags as edges take them: in ASCII, without what parts one from the next. */
public final class SurrogateKeys {

  private SurrogateKeys() {}

  public static String of(String tag) {
    return URLEncoder.encode(tag, StandardCharsets.UTF_8)
        .replace("%3A", ":")
        .replace("+", "%20")
        .replace("%2F", "/");
  }

  /** Several, parted by this. */
  public static String join(Collection<String> tags, String separator) {
    return tags.stream().map(SurrogateKeys::of).collect(Collectors.joining(separator));
  }
}
