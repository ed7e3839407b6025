package dev.tideline.engine.imports;

import dev.tideline.engine.input.FieldError;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a record turned out to be.
 *
 * @param <T> what it should be
 */
sealed interface Mapped<T> {

  /**
   * A row for the database.
   *
   * @param createdAt when it came into being, if the file says so
   */
  record Row<T>(T value, @Nullable Instant createdAt) implements Mapped<T> {}

  /** Part of something that other records tell of too, and that is known at the end of the file. */
  record Gathered<T>() implements Mapped<T> {}

  /**
   * Nothing that can be taken.
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
