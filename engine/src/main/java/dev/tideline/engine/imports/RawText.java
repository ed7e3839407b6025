package dev.tideline.engine.imports;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Raw text: bytes of a file, each as one character (ISO 8859-1), so that text that is not UTF-8 can
 * be written to a reject file unchanged.
 */
final class RawText {

  /** The byte order mark that UTF-8 files may begin with. */
  static final String BYTE_ORDER_MARK = encode("\ufeff");

  private RawText() {}

  /** Encodes a text in UTF-8. */
  static String encode(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Decodes bytes as UTF-8; empty if they are not UTF-8. */
  static Optional<String> decode(String raw) {
    if (isAscii(raw)) {
      return Optional.of(raw);
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(raw.getBytes(StandardCharsets.ISO_8859_1)))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isAscii(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
