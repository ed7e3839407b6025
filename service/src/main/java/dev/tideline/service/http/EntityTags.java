package dev.tideline.service.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Entity tags from the content of answers, so that an unchanged answer is not sent again. */
final class EntityTags {

  private static final int BYTES = 12;

  private EntityTags() {}

  /** The answer with its tag, or 304 if the client has it (RFC 9110, section 13.1.2). */
  static Answer apply(Answer answer, ServerRequestHeaders headers) {
    String tag = tag(answer.body());
    Answer tagged = answer.with("ETag", tag);
    boolean known =
        headers.contains(HeaderNames.IF_NONE_MATCH)
            && headers.get(HeaderNames.IF_NONE_MATCH).allValues().stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .anyMatch(each -> each.equals("*") || each.replaceFirst("^W/", "").equals(tag));
    return known ? tagged.notModified() : tagged;
  }

  private static String tag(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(hash, 0, BYTES) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
