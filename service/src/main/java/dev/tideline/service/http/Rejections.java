package dev.tideline.service.http;

import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import java.util.List;

/** Answers to bodies none of whose elements was accepted. */
final class Rejections {

  /** As many errors as one problem document lists. */
  private static final int ERRORS_MAX = 100;

  private Rejections() {}

  /**
   * One exception for all; fields of several elements are named with their index, {@code [3].type}.
   */
  static InvalidInputException allOf(List<Views.Rejected> rejected) {
    if (rejected.size() == 1) {
      return new InvalidInputException(rejected.getFirst().errors());
    }
    return new InvalidInputException(
        rejected.stream()
            .flatMap(one ->
                one.errors().stream()
                    .map(error ->
                        new FieldError(
                            "[%d].%s".formatted(one.index(), error.field()), error.message())))
            .limit(ERRORS_MAX)
            .toList());
  }
}
