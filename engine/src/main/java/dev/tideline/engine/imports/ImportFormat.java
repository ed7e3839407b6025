package dev.tideline.engine.imports;

import java.nio.file.Path;
import java.util.Locale;

/** The format of a file; gzip is detected separately, from the first bytes. */
public enum ImportFormat {
  CSV(',', ".csv"),
  TSV('\t', ".tsv"),
  JSONL('\n', ".jsonl");

  private final char separator;
  private final String ending;

  ImportFormat(char separator, String ending) {
    this.separator = separator;
    this.ending = ending;
  }

  /** The separator of fields, or, in JSON lines, of records. */
  char separator() {
    return separator;
  }

  /** The ending of the names of files in this format. */
  String ending() {
    return ending;
  }

  /**
   * The format by the ending of a file's name, ignoring {@code .gz}.
   *
   * @throws ImportException if the ending is unknown
   */
  public static ImportFormat of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (plain.endsWith(".csv")) {
      return CSV;
    }
    if (plain.endsWith(".tsv") || plain.endsWith(".tab")) {
      return TSV;
    }
    if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson")) {
      return JSONL;
    }
    throw new ImportException(
        file + ": the name must end in .csv, .tsv, .jsonl or .ndjson, with .gz behind if packed");
  }
}
