package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Every call of the OpenAPI document with hostile values in every parameter and every field: none
 * is a fault of ours, each refusal is a problem document, and what was accepted can be read again.
 * A call that is added to the document is tried without being named here.
 */
final class HostileInputIT extends InstanceTestCase {

  /** A whole head that says how long the body is. */
  private static final Pattern HEAD =
      Pattern.compile("(?is).*\r\ncontent-length: (?<length>\\d+)\r\n(.*\r\n)?\r\n");

  private static final SampleCalls CALLS = SampleCalls.read();

  @BeforeAll
  static void shop() throws Exception {
    put("fuzz", "{\"title\":\"Brass lamp\",\"brand\":\"Lumo\",\"category\":\"Home > Lamps\"}");
    await().atMost(LONG).until(() -> get("/v1/products/fuzz").statusCode() == 200);
  }

  static List<SampleCalls.Operation> operations() {
    return CALLS.operations();
  }

  @Test
  void document_namesEveryCall() {
    Set<String> undocumented = Set.of("GET /openapi.yaml", "GET /docs");
    List<String> documented =
        operations().stream().map(one -> one.method() + ' ' + one.path()).toList();
    assertThat(instance.calls().stream().filter(Predicate.not(undocumented::contains)))
        .containsExactlyInAnyOrderElementsOf(documented);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void call_withSampleValues_isAccepted(SampleCalls.Operation operation) throws Exception {
    HttpResponse<String> answer = tried(operation.plain());
    assertThat(answer.statusCode()).as(answer.body()).matches(s -> s < 300 || s == 404);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void call_withOneHostileValue_isNoFaultOfOurs(SampleCalls.Operation operation) throws Exception {
    tryAll(operation.hostile(false));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("operations")
  void call_withAnyHostileValue_isNoFaultOfOurs(SampleCalls.Operation operation) throws Exception {
    tryAll(operation.hostile(true));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void call_withBrokenEncoding_isNoFaultOfOurs(SampleCalls.Operation operation) throws Exception {
    for (SampleCalls.Sample sample : operation.broken()) {
      String answer = rawAnswer(sample);
      assertThat(answer).as(sample.shown()).startsWith("HTTP/1.1 ");
      int status = Integer.parseInt(answer.substring(9, 12));
      assertThat(status).as("%s: %s", sample.shown(), answer).isLessThan(500);
      if (status >= 400) {
        assertThat(answer).as(sample.shown()).contains("application/problem+json");
      }
    }
  }

  /** What is answered to a URL that a client library would not send. */
  private static String rawAnswer(SampleCalls.Sample sample) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), instance.port());
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(30_000);
      String request =
          "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
              .formatted(sample.method(), sample.uri(), TOKEN);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return answer(in);
    }
  }

  /** Up to where it says that it ends: the server waits a second for what a client still sends. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int left = Integer.MAX_VALUE;
    for (int next = in.read(); next >= 0 && left > 0; left--) {
      received.write(next);
      if (next == '\n') {
        Matcher head = HEAD.matcher(received.toString(StandardCharsets.UTF_8));
        if (head.matches()) {
          left = Integer.parseInt(head.group("length")) + 1;
        }
      }
      next = left > 1 ? in.read() : -1;
    }
    return received.toString(StandardCharsets.UTF_8);
  }

  private void tryAll(List<SampleCalls.Sample> samples) throws Exception {
    for (SampleCalls.Sample sample : samples) {
      tried(sample);
    }
    assertThat(warnings()).as("values that the database refused").isEmpty();
  }

  private List<String> warnings() {
    return logged().stream().filter(text -> text.contains("refused by the database")).toList();
  }

  private static HttpResponse<String> tried(SampleCalls.Sample sample) throws Exception {
    HttpRequest.Builder request =
        (sample.admin() ? admin(sample.uri()) : request(sample.uri()))
            .method(
                sample.method(),
                sample.body() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(sample.body()));
    sample.headers().forEach(request::header);
    HttpResponse<String> answer =
        await(sample.shown())
            .pollDelay(Duration.ZERO)
            .atMost(LONG)
            .until(() -> sendAnything(request), HostileInputIT::isDecided);
    assertThat(answer.statusCode()).as("%s: %s", sample.shown(), answer.body()).isLessThan(500);
    if (answer.statusCode() >= 400) {
      problem(answer, answer.statusCode());
    } else if (sample.method().equals("PUT")) {
      canBeRead(sample, answer);
    }
    return answer;
  }

  /** On a busy machine Redis or a connection may be waited for in vain, whatever is asked. */
  private static boolean isDecided(HttpResponse<String> answer) {
    return answer.statusCode() != 503;
  }

  /** Where the same path can be got, it tells what was put. */
  private static void canBeRead(SampleCalls.Sample sample, HttpResponse<String> stored)
      throws Exception {
    String token = stored.headers().firstValue("Tideline-Token").orElseThrow();
    String path = sample.uri().replaceAll("\\?.*", "");
    HttpResponse<String> read = send(admin(path).header("Tideline-Token", token));
    assertThat(read.statusCode()).as("%s: %s", sample.shown(), read.body()).isEqualTo(200);
    JsonNode told = JSON.readTree(stored.body());
    if (CALLS.isReadAsStored(sample)) {
      assertThat(JSON.readTree(read.body())).as(sample.shown()).isEqualTo(told);
    }
    SampleCalls.assertTold(JSON.readTree(sample.body()), told);
  }
}
