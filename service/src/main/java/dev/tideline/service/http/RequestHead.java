package dev.tideline.service.http;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The first bytes of a request, put right where Helidon 4.5.0 would not take them: it closes
 * connections that speak HTTP/1.0, and takes {@code get} for {@code GET}.
 *
 * <p>A request of HTTP/1.0 is given to it as one of HTTP/1.1 after which the connection closes (RFC
 * 9110, section 2.5: a server answers with its own version).
 */
final class RequestHead {

  /** Longer ones are left to Helidon to refuse. */
  static final int BYTES_MAX = 128 << 10;

  private static final String OLD = " HTTP/1.0";
  private static final String END = "\r\n\r\n";

  /** Those that mean something else for HTTP/1.0, or nothing. */
  private static final List<String> DROPPED =
      List.of("connection", "keep-alive", "proxy-connection", "expect", "upgrade", "te");

  private byte[] bytes = new byte[0];
  private int length;
  private int line = -1;
  private int end = -1;
  private boolean isOld;

  /** Adds what came next. */
  void add(byte[] more) {
    int seen = length;
    if (seen == 0) {
      bytes = more;
    } else {
      if (bytes.length < seen + more.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, seen + more.length));
      }
      System.arraycopy(more, 0, bytes, seen, more.length);
    }
    length += more.length;
    for (int i = seen; i < length && (line < 0 || (isOld && end < 0)); i++) {
      if (bytes[i] == '\n' && line < 0) {
        line = i + 1;
        isOld = text(0, line).stripTrailing().endsWith(OLD);
      }
      end = isEnd(i) ? i + 1 : -1;
    }
  }

  private boolean isEnd(int at) {
    return at > 2
        && bytes[at] == '\n'
        && bytes[at - 1] == '\r'
        && bytes[at - 2] == '\n'
        && bytes[at - 3] == '\r';
  }

  /** Whether it can be judged: the first line is there, and all headers of HTTP/1.0. */
  boolean isEnough() {
    return length > BYTES_MAX || (line > 0 && (!isOld || end > 0));
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /**
   * The request line and headers for Helidon.
   *
   * @throws RequestException 501 for a method that is not implemented
   */
  byte[] judged() {
    String first = line < 0 ? "" : text(0, line);
    String method = first.substring(0, Math.max(0, first.indexOf(' ')));
    if (method.equals("CONNECT") || !method.equals(method.toUpperCase(Locale.ROOT))) {
      throw RequestException.builder()
          .type(EventType.OTHER)
          .status(Status.NOT_IMPLEMENTED_501)
          .setKeepAlive(false)
          .build();
    }
    if (isOld && end > 0) {
      return asNew();
    }
    return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
  }

  private byte[] asNew() {
    String[] lines = text(0, end - END.length()).split("\r\n", -1);
    StringBuilder head = new StringBuilder(lines[0].replace(OLD, " HTTP/1.1") + "\r\n");
    boolean hasHost = false;
    for (String header : Arrays.asList(lines).subList(1, lines.length)) {
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      hasHost |= name.equals("host");
      if (!DROPPED.contains(name)) {
        head.append(header).append("\r\n");
      }
    }
    head.append(hasHost ? "" : "Host: localhost\r\n").append("Connection: close").append(END);
    byte[] rewritten = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = Arrays.copyOf(rewritten, rewritten.length + length - end);
    System.arraycopy(bytes, end, whole, rewritten.length, length - end);
    return whole;
  }
}
