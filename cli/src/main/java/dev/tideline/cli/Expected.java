package dev.tideline.cli;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.engine.imports.ImportException;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.service.config.InstanceConfig.InvalidConfigException;
import dev.tideline.service.http.ListenException;

/** Failures whose message is sufficient for the user. */
final class Expected {

  private Expected() {}

  static boolean isExpected(Throwable thrown) {
    return switch (thrown) {
      case ServerException e -> true;
      case ImportException e -> true;
      case InvalidConfigException e -> true;
      case OverloadedException e -> true;
      case RoutingException e -> true;
      case CommandException e -> true;
      case ConnectionBudget.ExceededException e -> true;
      case ListenException e -> true;
      default -> false;
    };
  }
}
