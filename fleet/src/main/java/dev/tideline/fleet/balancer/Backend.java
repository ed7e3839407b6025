package dev.tideline.fleet.balancer;

/** An instance as a balancer knows it; reached on loopback. */
public record Backend(String name, int port) {

  public static final String HOST = "127.0.0.1";

  public String url() {
    return "http://" + HOST + ":" + port;
  }
}
