package dev.tideline.engine.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the records of a file, one after another, in memory that does not grow with the file. */
final class RecordReader {

  /** Longer fields, lines and records are damage, not data. */
  private static final int CHARACTERS_MAX = 4 << 20;

  /**
   * Stands for what is not UTF-8: a code point that is no character, which data may not hold
   * (U+FFFD it may).
   */
  private static final char UNDECODABLE = '\ufdd0';

  private static final int PROGRESS_BYTES = 1 << 16;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final LongConsumer progress;

  /**
   * A reader of one file.
   *
   * @param progress hears how many bytes of the file, as it lies on the disk, are read
   */
  RecordReader(Path file, LongConsumer progress) {
    this.file = file;
    this.progress = progress;
  }

  /**
   * Hands every record to the sink.
   *
   * @throws ImportException if the file cannot be read to its end, or has no header
   */
  void read(Consumer<SourceRecord> sink) {
    ImportFormat format = ImportFormat.of(file);
    try (Reader reader = open()) {
      switch (format) {
        case CSV -> delimited(reader, ',', sink);
        case TSV -> delimited(reader, '\t', sink);
        case JSONL -> jsonLines(reader, sink);
      }
    } catch (IOException e) {
      throw new ImportException(file + ": " + e, e);
    } catch (UncheckedIOException e) {
      throw new ImportException(file + ": " + e.getMessage(), e);
    } catch (CsvParseException e) {
      String why =
          e.getCause() == null ? e.getMessage() : e.getMessage() + " " + e.getCause().getMessage();
      throw new ImportException(file + ": " + why, e);
    }
  }

  private Reader open() throws IOException {
    InputStream in = new BufferedInputStream(new Counting(Files.newInputStream(file)), 1 << 16);
    in.mark(4);
    boolean packed = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    InputStream plain = packed ? new GZIPInputStream(in, 1 << 16) : in;
    return new BufferedReader(new InputStreamReader(plain, decoder()), 1 << 16);
  }

  private static CharsetDecoder decoder() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE)
        .replaceWith(String.valueOf(UNDECODABLE));
  }

  private void delimited(Reader reader, char separator, Consumer<SourceRecord> sink)
      throws IOException {
    skipByteOrderMark(reader);
    try (CsvReader<CsvRecord> csv =
        CsvReader.builder()
            .fieldSeparator(separator)
            .maxBufferSize(CHARACTERS_MAX)
            .skipEmptyLines(true)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(reader)) {
      Iterator<CsvRecord> records = csv.iterator();
      if (!records.hasNext()) {
        throw new ImportException(file + ": the file is empty; a header line is needed");
      }
      List<String> header = header(records.next());
      while (records.hasNext()) {
        CsvRecord record = records.next();
        sink.accept(delimited(record, header, separator));
      }
    }
  }

  private static void skipByteOrderMark(Reader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\ufeff') {
      reader.reset();
    }
  }

  private List<String> header(CsvRecord record) {
    List<String> header = record.getFields().stream().map(String::strip).toList();
    if (new HashSet<>(header).size() < header.size()) {
      throw new ImportException(file + ": two columns of the header have the same name: " + header);
    }
    return header;
  }

  private SourceRecord delimited(CsvRecord record, List<String> header, char separator) {
    List<String> values = record.getFields();
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < Math.min(values.size(), header.size()); i++) {
      if (!values.get(i).isEmpty()) {
        fields.put(header.get(i), values.get(i));
      }
    }
    String raw = String.join(String.valueOf(separator), values);
    String damage = damage(raw);
    if (values.size() != header.size()) {
      damage = "%d fields where the header has %d".formatted(values.size(), header.size());
    }
    return new SourceRecord(file.toString(), record.getStartingLineNumber(), fields, raw, damage);
  }

  private static @Nullable String damage(String raw) {
    if (raw.indexOf(UNDECODABLE) >= 0) {
      return "not UTF-8";
    }
    return raw.indexOf('\0') >= 0 ? "holds a NUL character" : null;
  }

  private void jsonLines(Reader reader, Consumer<SourceRecord> sink) throws IOException {
    BufferedReader lines = (BufferedReader) reader;
    skipByteOrderMark(reader);
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        sink.accept(json(line, number));
      }
    }
  }

  private SourceRecord json(String line, long number) {
    String damage = line.length() > CHARACTERS_MAX ? "longer than 4 MiB" : damage(line);
    Map<String, String> fields = new HashMap<>();
    if (damage == null) {
      try {
        JsonNode node = JSON.readTree(line);
        if (node.isObject()) {
          flatten("", node, fields);
        } else {
          damage = "not a JSON object";
        }
      } catch (JacksonException e) {
        damage = "not valid JSON";
      }
    }
    return new SourceRecord(file.toString(), number, fields, line, damage);
  }

  /** Nested fields are reached by their path, {@code event_attributes.object.object_id}. */
  private static void flatten(String path, JsonNode node, Map<String, String> fields) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      JsonNode value = entry.getValue();
      if (value.isObject()) {
        flatten(name, value, fields);
      } else if (!value.isNull()) {
        fields.put(name, value.isString() ? value.stringValue() : value.toString());
      }
    }
  }

  private final class Counting extends FilterInputStream {
    private long bytes;
    private long told;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) {
      bytes += read;
      if (bytes - told >= PROGRESS_BYTES || read == 0) {
        told = bytes;
        progress.accept(bytes);
      }
    }
  }
}
