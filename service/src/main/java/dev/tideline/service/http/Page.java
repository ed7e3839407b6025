package dev.tideline.service.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page with its own script and style in it, and a policy under which browsers run these alone and
 * let them reach this origin alone (Content Security Policy Level 3, W3C).
 */
final class Page {

  private static final Pattern INLINE =
      Pattern.compile("<(script|style)>(.*?)</\\1>", Pattern.DOTALL);

  private final byte[] html;
  private final String policy;

  Page(byte[] html) {
    this.html = html;
    StringBuilder sources = new StringBuilder("default-src 'none'; connect-src 'self'");
    Matcher inline = INLINE.matcher(new String(html, StandardCharsets.UTF_8));
    while (inline.find()) {
      sources.append("; %s-src 'sha256-%s'".formatted(inline.group(1), hash(inline.group(2))));
    }
    this.policy =
        sources.append("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'").toString();
  }

  private static String hash(String text) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder().encodeToString(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  Answer answer() {
    return Answer.of(200, "text/html; charset=utf-8", html)
        .with("Content-Security-Policy", policy)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer");
  }
}
