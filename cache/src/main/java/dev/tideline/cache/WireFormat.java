package dev.tideline.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Entries as bytes: the position in sixteen hexadecimal digits, so that scripts in Redis can
 * compare two; a byte of flags; a checksum of all the rest and of the name under which it is kept;
 * when it was read, how long that took, until when it is fresh and kept; the tags; the value.
 * Values above 8 KiB are compressed. What is damaged, or was written under another name, is not
 * read.
 */
final class WireFormat<V> {

  static final int COMPRESS_ABOVE = 8 << 10;

  /** What a value may grow to when it is unpacked. */
  private static final int UNPACKED_MAX = 64 << 20;

  private static final int POSITION_DIGITS = 16;
  private static final int CHECKSUM_AT = POSITION_DIGITS + 1;
  private static final int HEAD_BYTES = CHECKSUM_AT + 3 * Long.BYTES + 3 * Integer.BYTES;

  /** Those of a load, and that which all entries have. */
  private static final int TAGS_MAX = Loaded.TAGS_MAX + 1;

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
    List<byte[]> tags =
        entry.tags().stream().map(tag -> tag.getBytes(StandardCharsets.UTF_8)).toList();
    int tagBytes = tags.stream().mapToInt(tag -> Integer.BYTES + tag.length).sum();
    Entry.Times times = entry.times();
    ByteBuffer out =
        ByteBuffer.allocate(HEAD_BYTES + tagBytes + bytes.length)
            .put(digits(entry.stamp().position()))
            .put(kind)
            .putInt(0)
            .putLong(times.readAt())
            .putInt(times.loadMillis())
            .putLong(times.freshUntil())
            .putLong(times.keptUntil())
            .putInt(tags.size());
    tags.forEach(tag -> out.putInt(tag.length).put(tag));
    out.put(bytes).flip();
    return out.putInt(CHECKSUM_AT, checksum(entry.redisName(), out)).array();
  }

  /** Of the name and of all bytes but the checksum's own. */
  private static int checksum(String name, ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    sum.update(bytes.slice(0, CHECKSUM_AT));
    sum.update(
        bytes.slice(CHECKSUM_AT + Integer.BYTES, bytes.limit() - CHECKSUM_AT - Integer.BYTES));
    return (int) sum.getValue();
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
  Entry<V> read(Entry.Name name, String epoch, ByteBuffer found) {
    ByteBuffer in = found.slice();
    if (in.limit() < HEAD_BYTES || in.limit() > RedisTier.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException("no entry has %d bytes".formatted(in.limit()));
    }
    byte[] digits = new byte[POSITION_DIGITS];
    in.get(digits);
    long position = HexFormat.fromHexDigitsToLong(new String(digits, StandardCharsets.US_ASCII));
    byte kind = in.get();
    if (in.getInt() != checksum(RedisTier.name(name.cache(), epoch, name.key()), in)) {
      throw new IllegalArgumentException("damaged, or written under another name");
    }
    long readAt = in.getLong();
    int loadMillis = in.getInt();
    Entry.Times times = new Entry.Times(readAt, loadMillis, in.getLong(), in.getLong());
    List<String> tags = tags(in);
    byte[] packed = new byte[in.remaining()];
    in.get(packed);
    byte[] value = kind == PACKED ? unpacked(packed) : packed;
    return new Entry<>(
        name, value(kind, value), new Stamp(epoch, position), tags, times, value.length);
  }

  private static List<String> tags(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > TAGS_MAX) {
      throw new IllegalArgumentException("no entry has %d tags".formatted(count));
    }
    List<String> tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] tag = new byte[length(in.getInt(), in)];
      in.get(tag);
      tags.add(new String(tag, StandardCharsets.UTF_8));
    }
    return List.copyOf(tags);
  }

  private @Nullable V value(byte kind, byte[] bytes) {
    return switch (kind) {
      case ABSENT -> null;
      case PLAIN, PACKED -> codec.decode(bytes);
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
