package dev.tideline.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks HTTP badly on purpose, over plain sockets of loopback. */
public final class RawHttp {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int TRICKLE_MILLIS = 200;

  private RawHttp() {}

  public static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  public static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** The next answer on a connection: its head and as much body as it says; empty at the end. */
  public static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    return head + new String(body, StandardCharsets.UTF_8);
  }

  /** What is answered to a text on a connection of its own. */
  public static String ask(int port, String text) throws IOException {
    try (Socket socket = connect(port)) {
      write(socket, text);
      return answer(socket);
    }
  }

  public static String get(int port, String path) throws IOException {
    return ask(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  /** Senders of bodies that come a byte now and then; closed, they stop. */
  public static final class SlowSenders implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> sending;

    /** Opens so many connections and sends the beginning of a request on each. */
    public SlowSenders(int port, int count, String beginning) throws IOException {
      for (int i = 0; i < count; i++) {
        Socket socket = connect(port);
        sockets.add(socket);
        write(socket, beginning);
      }
      sending =
          sender.scheduleWithFixedDelay(this::trickle, 0, TRICKLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void trickle() {
      for (Socket socket : sockets) {
        try {
          socket.getOutputStream().write(' ');
        } catch (IOException e) {
          // the server has ended it, as it may
        }
      }
    }

    public List<Socket> sockets() {
      return sockets;
    }

    @Override
    public void close() throws IOException {
      sending.cancel(true);
      sender.shutdownNow();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
