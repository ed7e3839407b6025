package dev.tideline.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Entries as bytes: the position in sixteen hexadecimal digits, so that scripts in Redis can
 * compare two; a byte of flags; when it was read, how long that took, until when it is fresh and
 * kept; the tags; the value. Values above 8 KiB are compressed.
 */
final class WireFormat<V> {

  static final int COMPRESS_ABOVE = 8 << 10;

  /** What a value may grow to when it is unpacked. */
  private static final int UNPACKED_MAX = 64 << 20;

  private static final int POSITION_DIGITS = 16;
  private static final byte PLAIN = 'T';
  private static final byte PACKED = 'Z';
  private static final byte ABSENT = 'N';

  private final Codec<V> codec;

  WireFormat(Codec<V> codec) {
    this.codec = codec;
  }

  byte[] write(Entry<V> entry) {
    V value = entry.value();
    byte[] bytes = value == null ? new byte[0] : codec.encode(value);
    byte kind = value == null ? ABSENT : PLAIN;
    if (bytes.length > COMPRESS_ABOVE) {
      bytes = packed(bytes);
      kind = PACKED;
    }
    byte[] tags = String.join("\n", entry.tags()).getBytes(StandardCharsets.UTF_8);
    Entry.Times times = entry.times();
    return ByteBuffer.allocate(
            POSITION_DIGITS + 1 + 3 * Long.BYTES + 2 * Integer.BYTES + tags.length + bytes.length)
        .put(digits(entry.stamp().position()))
        .put(kind)
        .putLong(times.readAt())
        .putInt(times.loadMillis())
        .putLong(times.freshUntil())
        .putLong(times.keptUntil())
        .putInt(tags.length)
        .put(tags)
        .put(bytes)
        .array();
  }

  static byte[] digits(long position) {
    return HexFormat.of().toHexDigits(position).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads an entry.
   *
   * @param epoch whose key it was found under
   * @throws RuntimeException if it is none
   */
  Entry<V> read(Entry.Name name, String epoch, ByteBuffer in) {
    int size = in.remaining();
    byte[] digits = new byte[POSITION_DIGITS];
    in.get(digits);
    long position = HexFormat.fromHexDigitsToLong(new String(digits, StandardCharsets.US_ASCII));
    byte kind = in.get();
    long readAt = in.getLong();
    int loadMillis = in.getInt();
    Entry.Times times = new Entry.Times(readAt, loadMillis, in.getLong(), in.getLong());
    byte[] tags = new byte[length(in.getInt(), in)];
    in.get(tags);
    byte[] value = new byte[in.remaining()];
    in.get(value);
    return new Entry<>(
        name,
        value(kind, value),
        new Stamp(epoch, position),
        List.of(new String(tags, StandardCharsets.UTF_8).split("\n", -1)),
        times,
        size);
  }

  private @Nullable V value(byte kind, byte[] bytes) {
    return switch (kind) {
      case ABSENT -> null;
      case PLAIN -> codec.decode(bytes);
      case PACKED -> codec.decode(unpacked(bytes));
      default -> throw new IllegalArgumentException("no such kind: " + kind);
    };
  }

  private static int length(int length, ByteBuffer in) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("no length: " + length);
    }
    return length;
  }

  private static byte[] packed(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] unpacked(byte[] bytes) {
    try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] all = zip.readNBytes(UNPACKED_MAX + 1);
      if (all.length > UNPACKED_MAX) {
        throw new IllegalArgumentException("more than " + UNPACKED_MAX + " bytes");
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
