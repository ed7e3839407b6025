package dev.tideline.service.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** An answer to a client. */
final class Answer {

  static final String JSON = "application/json";
  static final String PROBLEM = "application/problem+json";

  private final int status;
  private final String contentType;
  private final byte[] body;
  private final Map<String, String> headers;

  private Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.headers = headers;
  }

  /** An answer of any type; the bytes are not copied. */
  static Answer of(int status, String contentType, byte[] body) {
    return new Answer(status, contentType, body, Map.of());
  }

  static Answer json(int status, Object value) {
    return of(status, JSON, Json.MAPPER.writeValueAsBytes(value));
  }

  static Answer ok(Object value) {
    return json(200, value);
  }

  static Answer noContent() {
    return of(204, "", new byte[0]);
  }

  Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, contentType, body, more);
  }

  /** With one more value of a header that may have several. */
  Answer adding(String header, String value) {
    String held = headers.get(header);
    return with(header, held == null ? value : held + ", " + value);
  }

  /** The same without what the client has already. */
  Answer notModified() {
    return new Answer(304, contentType, new byte[0], headers);
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  byte[] body() {
    return body;
  }

  Map<String, String> headers() {
    return headers;
  }
}
