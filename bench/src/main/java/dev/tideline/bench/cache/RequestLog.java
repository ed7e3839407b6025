package dev.tideline.bench.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A log of requests: as NGINX, Apache and Varnish write it (common or combined), or {@code
 * timestamp,url} with a header line; packed by gzip or not.
 *
 * @param requests those that a cache may answer, in the order of the log
 * @param personal how many were left out because they name a user or a session
 * @param others how many lines were left out as no successful GET, or not understood
 */
record RequestLog(List<Request> requests, int personal, int others) {

  /**
   * One request.
   *
   * @param millis since 1970
   * @param bytes of the answer; 0 if the log does not tell
   */
  record Request(long millis, String url, int bytes) {}

  private static final Pattern ACCESS =
      Pattern.compile("\\S+ \\S+ \\S+ \\[([^]]+)] \"(\\S+) (\\S+)[^\"]*\" (\\d{3}) (\\d+|-).*");
  private static final DateTimeFormatter ACCESS_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);
  private static final Pattern PAIR = Pattern.compile("\"?([0-9][^\",]*)\"?,\"?([^\"]+?)\"?");
  private static final Pattern PERSONAL =
      Pattern.compile(".*[?&](user_id|session_id)=.*|.*/recommendations/.*");
  private static final int GZIP_MAGIC = 0x1f8b;

  static RequestLog read(Path file) throws IOException {
    List<Request> requests = new ArrayList<>();
    int personal = 0;
    int others = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(unpacked(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Optional<Request> request = parse(line);
        if (request.isEmpty()) {
          others++;
        } else if (PERSONAL.matcher(request.get().url()).matches()) {
          personal++;
        } else {
          requests.add(request.get());
        }
      }
    }
    return new RequestLog(requests, personal, others);
  }

  private static InputStream unpacked(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      boolean packed = ((in.read() << 8) | in.read()) == GZIP_MAGIC;
      InputStream whole = Files.newInputStream(file);
      return packed ? new GZIPInputStream(whole) : whole;
    }
  }

  private static Optional<Request> parse(String line) {
    try {
      Matcher access = ACCESS.matcher(line);
      if (access.matches()) {
        boolean found = access.group(4).equals("200") || access.group(4).equals("304");
        if (!access.group(2).equals("GET") || !found) {
          return Optional.empty();
        }
        int bytes = access.group(5).equals("-") ? 0 : Integer.parseInt(access.group(5));
        long millis = OffsetDateTime.parse(access.group(1), ACCESS_TIME).toInstant().toEpochMilli();
        return Optional.of(new Request(millis, access.group(3), bytes));
      }
      Matcher pair = PAIR.matcher(line);
      return pair.matches()
          ? Optional.of(new Request(time(pair.group(1)), pair.group(2), 0))
          : Optional.empty();
    } catch (DateTimeParseException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** ISO 8601, with a blank for the T too; without a zone it is UTC. */
  private static long time(String text) {
    String iso = text.strip().replace(' ', 'T');
    return iso.matches(".*(Z|[+-]\\d\\d(:?\\d\\d)?)$")
        ? Instant.from(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(iso)).toEpochMilli()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
