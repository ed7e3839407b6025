package dev.tideline.engine.imports;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip (RFC 1952), every member of it. It fails whenever data is damaged or missing, unlike
 * {@link java.util.zip.GZIPInputStream}, which treats a damaged header of a later member as the end
 * of the data. Zero bytes after the last member are padding. Not thread-safe.
 */
public final class GzipStream extends InputStream {

  private static final int FIRST_MAGIC = 0x1f;
  private static final int SECOND_MAGIC = 0x8b;
  private static final int DEFLATE = 8;
  private static final int CHECKSUM_FLAG = 2;
  private static final int EXTRA_FLAG = 4;
  private static final int NAME_FLAG = 8;
  private static final int COMMENT_FLAG = 16;
  private static final int RESERVED_FLAGS = 0xe0;

  /** Time (4 bytes), extra flags and operating system. */
  private static final int IGNORED_BYTES = 6;

  private static final long LOW_32_BITS = 0xffff_ffffL;

  private final InputStream in;
  private final byte[] input = new byte[1 << 16];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private int position;
  private int limit;
  private int member;
  private long size;
  private boolean inMember;
  private boolean ended;

  /** Unpacks a stream, which is closed together with this one. */
  public GzipStream(InputStream in) {
    this.in = in;
  }

  /** Whether a file that begins with these two bytes is a gzip file. */
  public static boolean isGzip(int first, int second) {
    return first == FIRST_MAGIC && second == SECOND_MAGIC;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    while (length > 0 && !ended) {
      if (!inMember && !beginMember()) {
        ended = true;
        break;
      }
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        checksum.update(bytes, offset, count);
        size += count;
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else {
        fill();
        inflater.setInput(input, position, limit - position);
      }
    }
    return length == 0 ? 0 : -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      int count = inflater.inflate(bytes, offset, length);
      if (count == 0 && inflater.needsDictionary()) {
        throw damaged("it needs a dictionary");
      }
      return count;
    } catch (DataFormatException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  /** Reads a member's header; false if the file ends before it. */
  private boolean beginMember() throws IOException {
    if (member > 0 && !skipPadding()) {
      return false;
    }
    member++;
    if (!isGzip(next(), next()) || next() != DEFLATE) {
      throw damaged("it does not begin as gzip does");
    }
    int flags = next();
    if ((flags & RESERVED_FLAGS) != 0) {
      throw damaged("its header has unknown flags");
    }
    skip(IGNORED_BYTES);
    if ((flags & EXTRA_FLAG) != 0) {
      skip(next() | next() << 8);
    }
    for (int flag : new int[] {NAME_FLAG, COMMENT_FLAG}) {
      if ((flags & flag) != 0) {
        skipText();
      }
    }
    skip((flags & CHECKSUM_FLAG) != 0 ? 2 : 0);
    inflater.reset();
    inflater.setInput(input, position, limit - position);
    checksum.reset();
    size = 0;
    inMember = true;
    return true;
  }

  /** Skips to the next byte that is not zero; false if there is none. */
  private boolean skipPadding() throws IOException {
    boolean padded = false;
    while (position < limit || refill()) {
      if (input[position] != 0) {
        if (padded) {
          throw damaged("there is data behind its padding");
        }
        return true;
      }
      padded = true;
      position++;
    }
    return false;
  }

  private void endMember() throws IOException {
    position = limit - inflater.getRemaining();
    if (nextInt() != checksum.getValue() || nextInt() != (size & LOW_32_BITS)) {
      throw damaged("its checksum or length is not that of its data");
    }
    inMember = false;
  }

  private long nextInt() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) next() << shift;
    }
    return value;
  }

  private int next() throws IOException {
    if (position == limit) {
      fill();
    }
    return input[position++] & 0xff;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // skip to the terminating zero
    }
  }

  private void fill() throws IOException {
    if (!refill()) {
      throw new EOFException("gzip member %d is truncated".formatted(member));
    }
  }

  private boolean refill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(input));
    return limit > 0;
  }

  private IOException damaged(String why) {
    return new IOException("gzip member %d is damaged: %s".formatted(member, why));
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
