package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordReaderTest {

  @TempDir Path folder;

  private List<SourceRecord> read(String name, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    List<SourceRecord> records = new ArrayList<>();
    new RecordReader(file, progress -> {}).read(records::add);
    return records;
  }

  private List<SourceRecord> read(String name, String text) throws IOException {
    return read(name, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void read_csvWithQuotesAndLineBreaks_keepsFieldsAndLineNumbers() throws IOException {
    List<SourceRecord> records = read("a.csv", "id,t\n1,\"a, \"\"b\"\"\nc\"\n\n2,d\n");
    assertThat(records).hasSize(2);
    assertThat(records.get(0).fields()).isEqualTo(Map.of("id", "1", "t", "a, \"b\"\nc"));
    assertThat(records.get(0).line()).isEqualTo(2);
    assertThat(records.get(1).line()).isEqualTo(5);
  }

  @Test
  void read_byteOrderMark_isNoPartOfTheFirstColumn() throws IOException {
    assertThat(read("a.csv", "\ufeffid\n7\n").getFirst().text("id")).isEqualTo("7");
  }

  @Test
  void read_gzip_isSeenByItsContent() throws IOException {
    Path file = folder.resolve("a.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("id\tt\n1\t\"x \"\"y\"\"\"\n".getBytes(StandardCharsets.UTF_8));
    }
    List<SourceRecord> records = new ArrayList<>();
    new RecordReader(file, progress -> {}).read(records::add);
    assertThat(records.getFirst().text("t")).isEqualTo("x \"y\"");
  }

  @Test
  void read_tooFewFields_isDamageNotData() throws IOException {
    assertThat(read("a.csv", "id,t\n1\n2,b\n"))
        .extracting(SourceRecord::damage)
        .containsExactly("1 fields where the header has 2", null);
  }

  @Test
  void read_notUtf8_isDamage_butTheReplacementCharacterIsNot() throws IOException {
    byte[] bad = {'i', 'd', '\n', (byte) 0xff, '\n', (byte) 0xef, (byte) 0xbf, (byte) 0xbd, '\n'};
    assertThat(read("a.csv", bad))
        .extracting(SourceRecord::damage)
        .containsExactly("not UTF-8", null);
  }

  @Test
  void read_jsonLines_flattensAndMarksWhatIsNoObject() throws IOException {
    List<SourceRecord> records =
        read("a.jsonl", "{\"a\":{\"b\":1},\"c\":null,\"d\":\"x\"}\n\n[1]\n{\"broken\n");
    assertThat(records.get(0).fields()).isEqualTo(Map.of("a.b", "1", "d", "x"));
    assertThat(records.get(1).damage()).isEqualTo("not a JSON object");
    assertThat(records.get(2).damage()).isEqualTo("not valid JSON");
    assertThat(records.get(2).line()).isEqualTo(4);
  }

  @Test
  void read_emptyFile_saysSo() {
    assertThatThrownBy(() -> read("a.csv", ""))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void read_twoColumnsOfOneName_isRefused() {
    assertThatThrownBy(() -> read("a.csv", "id,id\n1,2\n"))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("same name");
  }

  @Test
  void read_unknownEnding_namesThoseThereAre() {
    assertThatThrownBy(() -> read("a.xlsx", "x"))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(".jsonl");
  }

  @Test
  void read_truncatedGzip_isRefused() throws IOException {
    assertThatThrownBy(() -> read("a.csv.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0}))
        .isInstanceOf(ImportException.class);
  }
}
