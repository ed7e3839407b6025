package dev.tideline.service.instance;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sends all logs to standard error, as text or as one JSON object a line. */
public final class Logging {

  /** How lines look. */
  public enum Format {
    TEXT,
    JSON
  }

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%replace( [%X{trace_id}]){' \\[\\]', ''}%n";

  /** Libraries that log too much at INFO. */
  private static final List<String> QUIET =
      List.of(
          "org.flywaydb",
          "com.zaxxer.hikari",
          "io.helidon",
          "io.lettuce",
          "io.netty",
          "io.vertx",
          "org.postgresql",
          "org.jdbi");

  private static final List<String> BROKEN_CONNECTIONS =
      List.of("io.vertx.core.net.impl", "io.vertx.core.http.impl", "com.zaxxer.hikari.pool");

  private Logging() {}

  /** Replaces the configuration of the whole process; call it first. */
  public static void configure(Format format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Encoder<ILoggingEvent> encoder = encoder(format, context);
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
    // Broken connections are expected, and are logged where it matters.
    BROKEN_CONNECTIONS.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static Encoder<ILoggingEvent> encoder(Format format, LoggerContext context) {
    return switch (format) {
      case JSON -> json(context);
      case TEXT -> text(context);
    };
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder json = new JsonEncoder();
    json.setContext(context);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    json.setWithMessage(false);
    json.setWithFormattedMessage(true);
    json.setWithArguments(false);
    json.start();
    return json;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setContext(context);
    text.setPattern(PATTERN);
    text.start();
    return text;
  }
}
