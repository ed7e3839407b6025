package dev.tideline.cache;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Builds the keys of whatever is named by several parts: cache entries, statements, leases,
 * cursors. Two keys are equal only if all their parts are equal, whatever characters the parts
 * contain, because each text is preceded by its length and each list by its size. Parts count in
 * the order in which they are added; {@link #anyOrder} is for values whose order means nothing.
 *
 * <p>A key is readable and bounded: of a longer one the beginning is kept, followed by the SHA-256
 * digest of all of it. Not thread-safe.
 */
public final class CacheKey {

  /** No key is longer, in characters. */
  public static final int LENGTH_MAX = 300;

  /** Stands before a digest; a key that contains it is always replaced by its digest. */
  private static final String DIGEST_MARK = "~sha256-";

  private static final int DIGEST_LENGTH = 64;

  /** What is kept of a longer key, so that people recognize it and patterns match it. */
  private static final int HEAD_LENGTH = LENGTH_MAX - DIGEST_MARK.length() - DIGEST_LENGTH;

  /** Decimals with more zeros than this are written with an exponent. */
  private static final int PLAIN_SCALE_MAX = 30;

  private final StringBuilder canonical = new StringBuilder();

  private CacheKey() {}

  /** A key without parts yet. */
  public static CacheKey builder() {
    return new CacheKey();
  }

  /** Adds a text; null is another key than the empty text. */
  public CacheKey text(String name, @Nullable String value) {
    name(name);
    value(value);
    return this;
  }

  /** Adds a whole number. */
  public CacheKey number(String name, long value) {
    return text(name, Long.toString(value));
  }

  /** Adds a decimal number; {@code 10.0} is the same as {@code 10}. */
  public CacheKey decimal(String name, @Nullable BigDecimal value) {
    return text(name, value == null ? null : plain(value));
  }

  /** Adds texts whose order counts. */
  public CacheKey inOrder(String name, Collection<String> values) {
    name(name);
    canonical.append(values.size()).append('[');
    values.forEach(this::value);
    return this;
  }

  /** Adds texts of which neither the order counts nor how often each is given. */
  public CacheKey anyOrder(String name, Collection<String> values) {
    return inOrder(name, new TreeSet<>(values));
  }

  /**
   * Adds a parameter of a statement: a text, a number, a truth value, an array of those, or null. A
   * number is another key than the text that looks the same.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public CacheKey parameter(String name, @Nullable Object value) {
    name(name);
    parameter(value);
    return this;
  }

  private void parameter(@Nullable Object value) {
    switch (value) {
      case null -> value(null);
      case String text -> value(text);
      case BigDecimal number -> typed('#', plain(number));
      case Number number -> typed('#', number.toString());
      case Boolean flag -> typed('?', flag.toString());
      case Object[] array -> {
        canonical.append(array.length).append('[');
        Arrays.asList(array).forEach(this::parameter);
      }
      default -> throw new IllegalArgumentException("cannot be part of a key: " + value.getClass());
    }
  }

  private void typed(char type, String value) {
    canonical.append(type);
    value(value);
  }

  private void name(String name) {
    if (!canonical.isEmpty()) {
      canonical.append(' ');
    }
    value(name);
    canonical.append('=');
  }

  private void value(@Nullable String value) {
    if (value == null) {
      canonical.append('-');
    } else {
      canonical.append(value.length()).append(':').append(value);
    }
  }

  private static String plain(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return Math.abs(stripped.scale()) <= PLAIN_SCALE_MAX
        ? stripped.toPlainString()
        : stripped.toString();
  }

  /** The key, at most {@link #LENGTH_MAX} characters long. */
  public String build() {
    return bounded(canonical());
  }

  /** All parts, however long. */
  String canonical() {
    return canonical.toString();
  }

  /** The SHA-256 digest of all parts, in hexadecimal digits, for where a key is not to be read. */
  public String digest() {
    return sha256(canonical());
  }

  /** A text as a key: itself if it is short, and UTF-8 can write it. Others get a digest. */
  static String bounded(String text) {
    if (text.length() <= LENGTH_MAX && !text.contains(DIGEST_MARK) && isWellFormed(text)) {
      return text;
    }
    byte[] head =
        text.substring(0, Math.min(HEAD_LENGTH, text.length())).getBytes(StandardCharsets.UTF_8);
    return new String(head, StandardCharsets.UTF_8) + DIGEST_MARK + sha256(text);
  }

  /** Whether no half of a surrogate pair stands alone, for which UTF-8 writes a question mark. */
  private static boolean isWellFormed(String text) {
    int i = 0;
    while (i < text.length()) {
      int length = Character.charCount(text.codePointAt(i));
      if (length == 1 && Character.isSurrogate(text.charAt(i))) {
        return false;
      }
      i += length;
    }
    return true;
  }

  /** Of the characters as they are in memory: no charset writes all of them differently. */
  private static String sha256(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.allocate(text.length() * Character.BYTES);
      bytes.asCharBuffer().put(text);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
