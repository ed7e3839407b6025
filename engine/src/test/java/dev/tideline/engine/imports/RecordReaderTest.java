package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2,\"24\" monitor,b", // text behind a closing quote
        "2,\"24 monitor,b", // a quote that is not closed
        "2,\"24\",\"b", // the last one is not closed
        "2", // too few fields
        "2,a,b,c", // too many
        "2,a\0b,c"
      })
  void read_oneBadRow_isDamageAndTheOthersAreRead(String bad) throws IOException {
    String rows = "id,t,u\n1,\"a, b\",c\n" + bad + "\n3,\"d\ne\",f\n4,g,\"h\"\n";
    List<SourceRecord> records = read("a.csv", rows);
    assertThat(records).filteredOn(record -> record.damage() == null).hasSize(3);
    assertThat(records).filteredOn(record -> record.damage() != null).hasSize(1);
    SourceRecord damaged = records.get(1);
    assertThat(damaged.damage()).isNotNull();
    assertThat(damaged.line()).isEqualTo(3);
    assertThat(damaged.raw()).isEqualTo(bad);
    assertThat(records.get(2).fields()).isEqualTo(Map.of("id", "3", "t", "d\ne", "u", "f"));
    assertThat(records.get(3).line()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2,%s", "2,\"%s\""})
  void read_fieldOverTheLimit_isDamageAndTheOthersAreRead(String row) throws IOException {
    String rows = "id,t\n1,a\n" + row.formatted("x".repeat(5 << 20)) + "\n3,b\n";
    List<SourceRecord> records = read("a.csv", rows);
    assertThat(records).extracting(record -> record.text("t")).containsExactly("a", null, "b");
    assertThat(records.get(1).damage()).contains("longer than 4 MiB");
    assertThat(records.get(2).line()).isEqualTo(4);
  }

  @Test
  void read_longLineOfJson_isDamageAndTheOthersAreRead() throws IOException {
    String line = "{\"a\":\"" + "x".repeat(5 << 20) + "\"}";
    assertThat(read("a.jsonl", "{\"a\":1}\n" + line + "\n{\"a\":2}\n"))
        .extracting(record -> record.text("a"))
        .containsExactly("1", null, "2");
  }

  @Test
  void read_emptyColumnsOfASpreadsheet_areNone() throws IOException {
    List<SourceRecord> records =
        read("a.csv", "id,t,,\n1,a,,\n2,b\n3,c,,,,\n,,,\n4,d,e,\n5,f,,x\n");
    assertThat(records)
        .extracting(record -> record.text("t"))
        .containsExactly("a", "b", "c", null, null);
    assertThat(records.get(3).damage())
        .isEqualTo("there is a value in column 3, which has no name");
    assertThat(records.get(4).damage())
        .isEqualTo("there is a value in column 4, which has no name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void read_lineEnds_areOfAnyKind(String end) throws IOException {
    List<SourceRecord> records =
        read("a.csv", String.join(end, "id,t", "1,\"a" + end + "b\"", "2,c", ""));
    assertThat(records).extracting(record -> record.text("id")).containsExactly("1", "2");
    assertThat(records.get(0).text("t")).isEqualTo("a" + end + "b");
    assertThat(records.get(1).line()).isEqualTo(4);
    assertThat(records).extracting(SourceRecord::damage).containsOnlyNulls();
    assertThat(read("a.jsonl", "{\"a\":1}" + end + "{\"a\":2}" + end))
        .extracting(SourceRecord::line)
        .containsExactly(1L, 2L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
  void read_otherEncodings_areNamed(String charset) {
    assertThatThrownBy(() -> read("a.csv", "id,t\n1,a\n".getBytes(Charset.forName(charset))))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("UTF-16")
        .hasMessageContaining("save it as UTF-8");
  }

  @Test
  void read_bytesThatAreNotUtf8_areKeptAsTheyAre() throws IOException {
    byte[] rows =
        joined("id,t\n1,".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xe9, '\n'});
    SourceRecord record = read("a.csv", rows).getFirst();
    assertThat(record.damage()).isEqualTo("not UTF-8");
    assertThat(record.raw().getBytes(StandardCharsets.ISO_8859_1))
        .containsExactly('1', ',', (byte) 0xe9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\u0000", "\\ud800"})
  void read_jsonThatNoDatabaseTakes_isDamage(String character) throws IOException {
    assertThat(read("a.jsonl", "{\"a\":\"x" + character + "\"}\n{\"a" + character + "\":1}\n"))
        .extracting(SourceRecord::damage)
        .doesNotContainNull();
  }

  @Test
  void read_severalGzipMembers_areOneFile() throws IOException {
    byte[] packed = joined(gzip("id,t\n1,a\n"), gzip("2,b\n"), gzip(""), new byte[512]);
    assertThat(read("a.csv.gz", packed))
        .extracting(record -> record.text("t"))
        .containsExactly("a", "b");
  }

  @Test
  void read_secondGzipMemberDamaged_isRefused() throws IOException {
    byte[] first = gzip("id,t\n1,a\n");
    for (int at = 0; at < 4; at++) {
      byte[] second = gzip("2,b\n3,c\n");
      second[at] ^= 0x5a;
      refusesPacked(joined(first, second), "gzip member 2 is damaged");
    }
    byte[] second = gzip("2,b\n3,c\n");
    second[second.length - 5] ^= 1; // its checksum
    refusesPacked(joined(first, second), "gzip member 2 is damaged");
    byte[] whole = gzip("2,b\n3,c\n");
    for (int length = 1; length < whole.length; length++) {
      refusesPacked(joined(first, Arrays.copyOf(whole, length)), "gzip member 2");
    }
    refusesPacked(joined(first, "rubbish".getBytes(StandardCharsets.UTF_8)), "gzip member 2");
    refusesPacked(joined(first, new byte[8], whole), "behind its padding");
  }

  private void refusesPacked(byte[] packed, String why) {
    assertThatThrownBy(() -> read("a.csv.gz", packed))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("nothing was imported")
        .hasMessageContaining(why);
  }

  @Test
  void read_rowsOfARejectFile_areWhatTheyWere() throws IOException {
    RejectMark mark = new RejectMark("x \"y\", z.csv", 3, "invalid_price", "no \"number\"");
    for (String row : List.of("1,\"a, \"\"b\"\"\"", "1,\"24\" b", "1,\"24 b", "1", "1,\"")) {
      String header = "id,t," + String.join(",", RejectMark.COLUMNS) + "\n";
      List<SourceRecord> again = read("r.csv", header + mark.addTo(row, ',') + "\n");
      List<SourceRecord> first = read("f.csv", "id,t\n" + row + "\n");
      assertThat(again).hasSize(1);
      assertThat(again.getFirst().marked()).isTrue();
      assertThat(again.getFirst().raw()).as(row).isEqualTo(row);
      assertThat(again.getFirst().fields()).isEqualTo(first.getFirst().fields());
      assertThat(again.getFirst().identity()).isEqualTo(first.getFirst().identity());
      assertThat(again.getFirst().columns()).isEqualTo(first.getFirst().columns());
      assertThat(again.getFirst().damage() == null).isEqualTo(first.getFirst().damage() == null);
    }
    for (String line : List.of("{\"a\":1}", "{}", "{\"a\":{\"b\":2} }", "{ }")) {
      SourceRecord again = read("r.jsonl", mark.addTo(line) + "\n").getFirst();
      assertThat(again.marked()).isTrue();
      assertThat(again.columns()).isEqualTo(read("f.jsonl", line + "\n").getFirst().columns());
      assertThat(again.damage()).isNull();
    }
    RejectMark damaged = new RejectMark("x", 3, RejectMark.DAMAGED, "not valid JSON");
    assertThat(read("r.jsonl", damaged.addTo("{\"a\":") + "\n").getFirst().raw())
        .isEqualTo("{\"a\":");
  }

  @Test
  void read_rejectFileThatASpreadsheetWroteAnew_isUnderstood() throws IOException {
    String header = "id,t," + String.join(",", RejectMark.COLUMNS) + "\r\n";
    List<SourceRecord> records =
        read("r.csv", header + "1,a,f.csv,3,invalid_price,is none\r\n2,f.csv,4,damaged,short,\r\n");
    assertThat(records.get(0).fields()).isEqualTo(Map.of("id", "1", "t", "a"));
    assertThat(records.get(0).raw()).isEqualTo("1,a");
    assertThat(records.get(1).damage()).contains("rejected_");
  }

  @Test
  void columns_areThoseOfTheHeader() throws IOException {
    Path file = Files.writeString(folder.resolve("a.tsv"), "\ufeffid\tt\t\n1\ta\t\n");
    assertThat(new RecordReader(file, progress -> {}).columns()).contains(List.of("id", "t"));
  }

  /** What is written by the rules is read as it was, whatever the characters. */
  @Test
  void read_anyFields_areReadBack() throws IOException {
    Random random = new Random(7);
    String[] pieces = {
      "a", "\"", ",", "\n", "\r", "\r\n", " ", "\t", "é", "€", "\ud83d\ude00", "1"
    };
    StringBuilder text = new StringBuilder("id,t,u\n");
    List<List<String>> written = new ArrayList<>();
    for (int row = 0; row < 2_000; row++) {
      List<String> values = new ArrayList<>(List.of("id" + row));
      for (int field = 0; field < 2; field++) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
          value.append(pieces[random.nextInt(pieces.length)]);
        }
        values.add(value.toString());
      }
      written.add(values);
      text.append(
          values.stream()
              .map(value -> '"' + value.replace("\"", "\"\"") + '"')
              .collect(Collectors.joining(",", "", "\n")));
    }
    List<SourceRecord> records = read("a.csv", text.toString());
    assertThat(records).hasSameSizeAs(written);
    for (int i = 0; i < written.size(); i++) {
      assertThat(records.get(i).identity()).isEqualTo(String.join(",", written.get(i)));
      assertThat(records.get(i).damage()).isNull();
    }
  }
}
