package dev.tideline.engine;

/**
 * What is wrong with one field of an input.
 *
 * @param field as the contracts name it
 */
public record FieldError(String field, String message) {}
