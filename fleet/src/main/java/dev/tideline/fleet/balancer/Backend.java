package dev.tideline.fleet.balancer;

/** The address of an instance, on loopback. */
public record Backend(String name, int port) {

  public static final String HOST = "127.0.0.1";

  public String url() {
    return "http://" + HOST + ":" + port;
  }
}
