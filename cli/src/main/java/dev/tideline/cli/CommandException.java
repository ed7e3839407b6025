package dev.tideline.cli;

/** A command failed; the message states the cause. */
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommandException(String message) {
    super(message);
  }
}
