package dev.tideline.fleet.balancer;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyResponse;
import org.jspecify.annotations.Nullable;

/**
 * Sends a client's requests to the same instance while it exists, by a cookie with the instance's
 * name. Off by default, because instances keep no client state.
 */
enum StickySessions {
  OFF,
  ON;

  static final String COOKIE = "tideline_instance";

  /** The name of the instance that served the client before; null if unknown or off. */
  @Nullable String memberOf(ProxyContext context) {
    if (this == OFF) {
      return null;
    }
    Cookie cookie = context.request().proxiedRequest().getCookie(COOKIE);
    return cookie == null ? null : cookie.getValue();
  }

  void remember(ProxyContext context, ProxyResponse response, BackendState member) {
    String name = member.backend().name();
    if (this == ON && !name.equals(memberOf(context))) {
      response
          .headers()
          .add(
              HttpHeaders.SET_COOKIE,
              Cookie.cookie(COOKIE, name)
                  .setPath("/")
                  .setHttpOnly(true)
                  .setSameSite(CookieSameSite.LAX)
                  .encode());
    }
  }
}
