package dev.tideline.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.http.RequestException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RequestHeadTest {

  private static String judged(String... parts) {
    RequestHead head = new RequestHead();
    for (String part : parts) {
      head.add(part.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThat(head.isEnough()).isTrue();
    return new String(head.judged(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void judged_http11_isLeftAsItIs() {
    String request = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\nbody";
    assertThat(judged(request)).isEqualTo(request);
    assertThat(judged(request.split(""))).isEqualTo(request);
  }

  @Test
  void judged_http10_isHttp11ThatCloses_withAHostAndWithoutWhatMeansSomethingElse() {
    assertThat(
            judged(
                "GET /a HTTP/1.0\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\n",
                "Expect: 100-continue\r\nX-A: b\r\n\r\nbody"))
        .isEqualTo("GET /a HTTP/1.1\r\nX-A: b\r\nHost: localhost\r\nConnection: close\r\n\r\nbody");
    assertThat(judged("GET /a HTTP/1.0\r\nhOST: shop\r\n\r\n"))
        .isEqualTo("GET /a HTTP/1.1\r\nhOST: shop\r\nConnection: close\r\n\r\n");
    assertThat(judged("GET /a HTTP/1.0\r\n\r\n"))
        .isEqualTo("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  @Test
  void isEnough_http10_onlyWithAllHeaders_http11_withTheFirstLine_orWhenTooLong() {
    RequestHead head = new RequestHead();
    head.add("GET /a HTTP/1.0\r\nHost: x\r\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(head.isEnough()).isFalse();
    head.add(new byte[RequestHead.BYTES_MAX]);
    assertThat(head.isEnough()).isTrue();
    assertThat(judged("GET /a HTTP/1.1\r\n")).isEqualTo("GET /a HTTP/1.1\r\n");
  }

  @Test
  void judged_methodInLowerCaseOrConnect_isNotImplemented() {
    for (String line : new String[] {"get /a HTTP/1.1\r\n", "CONNECT x:1 HTTP/1.1\r\n"}) {
      RequestHead head = new RequestHead();
      head.add(line.getBytes(StandardCharsets.ISO_8859_1));
      assertThatThrownBy(head::judged).isInstanceOf(RequestException.class);
    }
  }
}
