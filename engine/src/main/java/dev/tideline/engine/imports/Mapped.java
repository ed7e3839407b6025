package dev.tideline.engine.imports;

import dev.tideline.engine.input.FieldError;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of mapping a record.
 *
 * @param <T> what records are mapped to
 */
sealed interface Mapped<T> {

  /**
   * A row for the database.
   *
   * @param createdAt when it was created, or null if the file does not say
   */
  record Row<T>(T value, @Nullable Instant createdAt) implements Mapped<T> {}

  /**
   * Part of a value that other records contribute to, and that is complete at the end of the file.
   */
  record Gathered<T>() implements Mapped<T> {}

  /**
   * A record that cannot be imported.
   *
   * @param reason a word by which rejects are counted
   */
  record Rejected<T>(String reason, String message) implements Mapped<T> {}

  static <T> Mapped<T> row(T value) {
    return new Row<>(value, null);
  }

  static <T> Mapped<T> rejected(String reason, String message) {
    return new Rejected<>(reason, message);
  }

  static <T> Mapped<T> invalid(List<FieldError> errors) {
    return new Rejected<>(
        "invalid_" + errors.getFirst().field().replaceAll("\\..*", ""),
        errors.stream()
            .map(error -> error.field() + " " + error.message())
            .collect(Collectors.joining("; ")));
  }
}
