package dev.tideline.engine.input;

/**
 * A problem of one field of an input. Both texts may contain names and values of the input, so
 * texts that are too long are cut, and unpaired surrogates are replaced.
 *
 * @param field the name of the field in the API contracts
 */
public record FieldError(String field, String message) {

  static final int FIELD_MAX = 200;
  static final int MESSAGE_MAX = 500;

  private static final String CUT = "...";
  private static final int REPLACEMENT = 0xfffd;

  public FieldError {
    field = shown(field, FIELD_MAX);
    message = shown(message, MESSAGE_MAX);
  }

  private static String shown(String text, int max) {
    String cut = text.length() <= max ? text : text.substring(0, max) + CUT;
    return Identifiers.isStorable(cut) ? cut : replaced(cut);
  }

  private static String replaced(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Identifiers.isStorable(Character.toString(c)) ? c : REPLACEMENT)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }
}
