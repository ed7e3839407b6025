package dev.tideline.engine.imports;

import java.nio.file.Path;
import java.util.Locale;

/** How a file is written; gzip besides is seen from its first bytes. */
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

  /** What stands between two fields, or, in JSON lines, two records. */
  char separator() {
    return separator;
  }

  /** Of files that are written in this format. */
  String ending() {
    return ending;
  }

  /**
   * By the name's ending, {@code .gz} apart.
   *
   * @throws ImportException if the ending is none of ours
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
