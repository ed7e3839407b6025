package dev.tideline.service.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * By what a request is found again in logs.
 *
 * @param request the client's {@code X-Request-Id}, or one made here
 * @param trace of W3C {@code traceparent}, or one made here: 32 hexadecimal digits
 */
record RequestIds(String request, String trace) {

  private static final Pattern REQUEST = Pattern.compile("[\\x21-\\x7e]{1,128}");
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

  static RequestIds of(Headers headers) {
    String trace =
        headers
            .first(HeaderNames.create("traceparent"))
            .map(TRACEPARENT::matcher)
            .filter(Matcher::matches)
            .map(matcher -> matcher.group(1))
            .orElseGet(RequestIds::random);
    String request =
        headers
            .first(HeaderNames.create("X-Request-Id"))
            .filter(id -> REQUEST.matcher(id).matches())
            .orElseGet(RequestIds::random);
    return new RequestIds(request, trace);
  }

  static String random() {
    HexFormat hex = HexFormat.of();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
