package dev.tideline.service.instance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What no client should send, and some does. */
final class HostileInputs {

  private static final String EMOJI = "\ud83d\ude00";

  private HostileInputs() {}

  /** Values of parameters, not yet encoded. */
  static List<String> texts(boolean all) {
    List<String> few =
        List.of(
            "",
            "a\0b",
            "\u0001",
            "-1",
            "1e-20000",
            "1e1000000000",
            "99999999999999999999",
            "' OR 1=1 --",
            "A > > B",
            "((((((((((" + "(".repeat(3_000),
            "x".repeat(600),
            "\u3316".repeat(400),
            EMOJI.repeat(70));
    List<String> more =
        List.of(
            " ",
            "\n",
            "\u0085",
            "\u202e",
            "\ufdd0",
            "\ufeff",
            "e\u0301".repeat(200),
            "\ufdfa".repeat(200),
            "\\",
            "\"",
            "%",
            "*",
            "&|!:*<->",
            "[]",
            "{",
            "null",
            "true",
            "0",
            "-0",
            "1.0",
            "NaN",
            "Infinity",
            "0x10",
            "1d",
            "\u0661\u0662",
            "1e400",
            "1e-1001",
            "9".repeat(40),
            "0." + "1".repeat(40),
            "2147483648",
            "2026-13-45T00:00:00Z",
            "+999999999-12-31T23:59:59Z",
            "a,".repeat(500),
            "10..20",
            "x".repeat(130),
            "../../etc/passwd",
            "y".repeat(30_000));
    return all ? Stream.concat(few.stream(), more.stream()).toList() : few;
  }

  /** Headers that every call takes. */
  static final List<String> HEADERS =
      List.of(
          "Accept",
          "Authorization",
          "Content-Type",
          "If-None-Match",
          "Origin",
          "traceparent",
          "X-Request-Id");

  /** Parts of a URL that no client library sends. */
  static final List<String> BROKEN = List.of("%zz", "%", "%f", "a%2", "\"<>\"", "%u0041");

  /** Parts of a URL that are no UTF-8, or need not have been encoded. */
  static List<String> encodings() {
    return List.of("%ff%fe", "%ed%a0%80", "%c0%af", "%00", "%2e%2e", "+", ";a=b");
  }

  /** Names of fields, as JSON writes them. */
  static List<String> names() {
    return List.of(
        "\"\"",
        "\" \"",
        "\"a\\u0000b\"",
        "\"\\u0001\"",
        "\"\\ud800\"",
        "\"" + "x".repeat(49) + EMOJI + "\"",
        "\"" + "x".repeat(101) + "\"",
        "\"" + "n".repeat(2_000) + "\"",
        "\"__proto__\"",
        "\"a.b\"",
        "\"' OR 1=1 --\"");
  }

  /** Values of fields, as JSON writes them, and some that it does not. */
  static List<String> values(boolean all) {
    List<String> values =
        new ArrayList<>(
            List.of(
                "null",
                "-1",
                "1e-20000",
                "0e-20000",
                "1e1000000000",
                "1e99999999999",
                "1e1001",
                "1e-1001",
                "99999999999999999999",
                "\"\"",
                "\"a\\u0000b\"",
                "\"\\ud800\"",
                "\"1\"",
                "[]",
                "{}",
                nested(30),
                nested(10_000)));
    if (all) {
      values.addAll(
          List.of(
              "true",
              "0",
              "-0.0",
              "1.005",
              "1e400",
              "1e-400",
              "9".repeat(29),
              "9".repeat(500),
              "9".repeat(1_500),
              "0." + "1".repeat(29),
              "0." + "1".repeat(500),
              "NaN",
              "Infinity",
              "01",
              "1.",
              "\"NaN\"",
              "\" \"",
              "\"\\u0001\"",
              "\"\\udc00x\"",
              "\"\\ud83d\\ude00\"",
              "\"\ufdfa\u3316\"",
              text("\u3316", 400),
              text("x", 130),
              text("x", 600),
              text("y", 25_000),
              "\"2026-13-45T00:00:00Z\"",
              "\"+999999999-12-31T23:59:59Z\"",
              "\"-0001-01-01T00:00:00Z\"",
              "\"123e4567e89b12d3a456426614174000\"",
              "\"{123e4567-e89b-12d3-a456-426614174000}\"",
              "\"123E4567-E89B-12D3-A456-426614174000\"",
              "[null]",
              "[[1]]",
              "[1e1001]",
              "{\"a\":1,\"a\":2}",
              "{\"a\":{\"a\":{}}}",
              "[" + "0,".repeat(2_000) + "0]"));
    }
    return values;
  }

  /** Whole bodies. */
  static List<String> bodies() {
    return List.of(
        "",
        " ",
        "null",
        "0",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "[1e1000000000]",
        "{",
        "[",
        "{\"a\"",
        "{}{}",
        "{}\n{}",
        "\u0000",
        "\ufeff{}",
        "NaN",
        "{\"a\":1,\"a\":2}",
        "[{},".repeat(20) + "{}",
        "[" + "{},".repeat(1_000) + "{}]",
        "[" + "0,".repeat(300_000) + "0]",
        nested(100_000));
  }

  private static String text(String unit, int times) {
    return '"' + unit.repeat(times) + '"';
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }
}
