package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.words.VocabularyStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

final class ImporterIT extends ImporterTestCase {

  @Test
  void products_mappedColumns_areTakenAndBadRowsExplained() throws Exception {
    Path file =
        file(
            "p.csv",
            """
            sku,name,cost,attributes.color,stock
            0007,Lamp,9.99,red,yes
            8,,1.00,,yes
            9,Chair,cheap,,yes
            10,Table,5.00,,perhaps
            0007,Lamp again,8.00,blue,no
            """);
    FieldMapping mapping =
        new FieldMapping(
            Map.of("product_id", "sku", "title", "name", "price", "cost", "in_stock", "stock"),
            Map.of("currency", "EUR"));
    ImportReport report = products(Source.GENERIC, mapping, file);
    addsUp(report);
    assertThat(report.rejected())
        .isEqualTo(
            Map.of(
                "invalid_title", 1L,
                "invalid_price", 1L,
                "invalid_in_stock", 1L,
                "duplicate_id", 1L));
    assertThat(report.created()).isEqualTo(1);
    assertThat(shop.query("SELECT title || price || (attributes ->> 'color') FROM products"))
        .isEqualTo("Lamp again8.00blue");
    assertThat(Files.readString(folder.resolve("rejects.csv")))
        .startsWith(
            "sku,name,cost,attributes.color,stock,rejected_file,rejected_line,rejected_reason,")
        .contains(
            "\"3\",\"invalid_title\",", "\"4\",\"invalid_price\",", "\"5\",\"invalid_in_stock\",")
        .contains("\n9,Chair,cheap,,yes,");
  }

  @Test
  void products_again_changesNothing() throws Exception {
    Path file = file("p.csv", "product_id,title\na,Lamp\nb,Chair\n");
    assertThat(products(Source.GENERIC, FieldMapping.NONE, file).created()).isEqualTo(2);
    String before = shop.query("SELECT max(updated_at) FROM products");
    ImportReport again = products(Source.GENERIC, FieldMapping.NONE, file);
    assertThat(again.created() + again.changed()).isZero();
    assertThat(again.unchanged()).isEqualTo(2);
    assertThat(shop.query("SELECT max(updated_at) FROM products")).isEqualTo(before);
  }

  @Test
  void products_unknownField_isRefusedBeforeAnythingIsRead() throws Exception {
    Path file = file("p.csv", "product_id,title\na,Lamp\n");
    FieldMapping mapping = new FieldMapping(Map.of("titel", "title"), Map.of());
    assertThatThrownBy(() -> products(Source.GENERIC, mapping, file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("titel")
        .hasMessageContaining("title");
  }

  @Test
  void products_fileBreaksOff_leavesNothingBehind() throws Exception {
    Path good = file("good.csv", "product_id,title\na,Lamp\n");
    Path bad = Files.write(folder.resolve("bad.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThatThrownBy(() ->
            importer.products(
                List.of(good, bad), options(Source.GENERIC, FieldMapping.NONE, false), bytes -> {}))
        .isInstanceOf(ImportException.class);
    assertThat(shop.query("SELECT count(*) FROM products")).isEqualTo("0");
  }

  @Test
  void events_jsonLines_areTakenOnceAndRepeatsCounted() throws Exception {
    String row =
        "{\"user_id\":\"u\",\"product_id\":\"p\",\"type\":\"view\",\"occurred_at\":\"2026-02-01T00:00:00Z\"}\n";
    Path file =
        file("e.jsonl", row + row + "{\"user_id\":\"u\",\"type\":\"teleport\"}\nnot json\n");
    ImportReport report = events(Source.GENERIC, FieldMapping.NONE, false, file);
    addsUp(report);
    assertThat(report.created()).isEqualTo(1);
    assertThat(report.rejected())
        .isEqualTo(Map.of("repeat", 1L, "invalid_type", 1L, "damaged", 1L));
    ImportReport again = events(Source.GENERIC, FieldMapping.NONE, false, file);
    assertThat(again.created()).isZero();
    assertThat(again.unchanged()).isEqualTo(1);
  }

  @Test
  void events_idsPrunedMeanwhile_stillChangesNothing() throws Exception {
    Path file =
        file("e.csv", "user_id,product_id,type,occurred_at\nu,p,view,2026-02-01 10:00:00\n");
    events(Source.GENERIC, FieldMapping.NONE, false, file);
    shop.execute("TRUNCATE event_ids");
    assertThat(events(Source.GENERIC, FieldMapping.NONE, false, file).created()).isZero();
    assertThat(shop.query("SELECT count(*) FROM events")).isEqualTo("1");
  }

  @Test
  void events_impossibleTimes_areRejected() throws Exception {
    Path file =
        file(
            "e.csv",
            "user_id,product_id,type,occurred_at\nu,p,view,1970-01-02 00:00:00\nu,p,view,2999-01-01 00:00:00\n");
    ImportReport report = events(Source.GENERIC, FieldMapping.NONE, false, file);
    assertThat(report.rejected()).isEqualTo(Map.of("invalid_occurred_at", 2L));
    assertThat(report.loaded()).isZero();
  }

  @Test
  void events_onlineRetail_explainsEveryKindOfRow() throws Exception {
    String sale = "536365,85123a, HEART £ ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n";
    Path file =
        file(
            "r.csv",
            RETAIL_HEADER
                + sale
                + "536365,85123A,HEART,2,2011-07-01 12:00:00,2.55,,EIRE\n"
                + sale
                + "C536379,22423,STAND,-1,2010-12-01 09:41:00,27.5,14527.0,France\n"
                + "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom\n"
                + "536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583.0,France\n"
                + "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom\n"
                + "536414,22139,found,56,2010-12-01 11:52:00,0.0,,United Kingdom\n"
                + "536415,22140,BOX,x,2010-12-01 11:52:00,1.0,,United Kingdom\n");
    ImportReport report = events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, file);
    addsUp(report);
    assertThat(report.created()).isEqualTo(2);
    assertThat(report.rejected())
        .isEqualTo(
            Map.of(
                "repeat", 1L,
                "cancellation", 1L,
                "adjustment", 1L,
                "no_goods", 1L,
                "stock_correction", 1L,
                "no_price", 1L,
                "unreadable", 1L));
    assertThat(
            shop.query(
                "SELECT string_agg(concat_ws('|', user_id, session_id, product_id, quantity, value), ' ' ORDER BY occurred_at) FROM events"))
        .isEqualTo("17850|536365|85123A|6|15.30 536365|85123A|2|5.10");
    // The latest sale is now; the other as long before as it was, summer time counted.
    assertThat(shop.query("SELECT max(occurred_at) = '2026-03-01T12:00:00Z' FROM events"))
        .isEqualTo("t");
    assertThat(shop.query("SELECT max(occurred_at) - min(occurred_at) FROM events"))
        .isEqualTo("212 days 02:34:00");
    assertThat(shop.query("SELECT count(*) FROM events_default")).isEqualTo("0");
  }

  @Test
  void events_shiftedAndImportedLaterAgain_keepTheFirstShift() throws Exception {
    Path file =
        file(
            "r.csv",
            RETAIL_HEADER
                + "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n");
    events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, file);
    shop.execute("TRUNCATE event_ids");
    importer =
        new Importer(
            new ImportStore(shop.database()), Clock.fixed(NOW.plusSeconds(86_400), ZoneOffset.UTC));
    assertThat(events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, file).created()).isZero();
    assertThat(shop.query("SELECT count(*) FROM events")).isEqualTo("1");
  }

  @Test
  void products_onlineRetail_takeTheCommonestNameAndPrice() throws Exception {
    Path file =
        file(
            "r.csv",
            RETAIL_HEADER
                + "1,1,x,1,x,1,,\n"
                + "536365,85123a,HEART,6,2010-12-01 08:26:00,2.55,,UK\n"
                + "536366,85123A,HEART,6,2010-12-02 08:26:00,2.95,,UK\n"
                + "536367,85123A,damaged,6,2010-12-03 08:26:00,2.95,,UK\n");
    ImportReport report = products(Source.ONLINE_RETAIL, FieldMapping.NONE, file);
    addsUp(report);
    assertThat(report.created()).isEqualTo(1);
    assertThat(
            shop.query(
                "SELECT concat_ws('|', id, title, price, currency, created_at) FROM products"))
        .isEqualTo("85123A|HEART|2.95|GBP|2010-12-01 08:26:00+00");
  }

  @Test
  void products_esci_readsItsQuirks() throws Exception {
    Path file =
        file(
            "esci.csv",
            """
            product_id,title,brand,color,price,category_path,rating,rating_count,is_book,bullet_points,description,image_url
            0123456789," Salt &amp; Pepper ",,Red,0.0,A > B,4.5,12,false,"one
            two",<b>Big</b>,
            """);
    assertThat(products(Source.ESCI, FieldMapping.NONE, file).created()).isEqualTo(1);
    assertThat(
            shop.query(
                "SELECT concat_ws('|', id, title, coalesce(price::text, 'unknown'), category, description, attributes ->> 'rating') FROM products"))
        .isEqualTo("0123456789|Salt & Pepper|unknown|A > B|Big\none\ntwo|4.5");
  }

  private ImportReport synonyms(String text) throws IOException {
    return importer.synonyms(
        List.of(file("synonyms.csv", text)),
        options(Source.GENERIC, FieldMapping.NONE, false),
        new VocabularyStore(shop.database()),
        bytes -> {});
  }

  @Test
  void synonyms_goodAndBad_replaceThoseThereWere() throws IOException {
    synonyms("term,synonym\nold,older\n");
    ImportReport report =
        synonyms(
            """
            term,synonym,two_way
            Sofa,couch,true
            TV stand,media console,
            cap,hat,perhaps
            !!!,hat,true
            hat,Hat,true
            Sofa,couch,true
            """);
    addsUp(report);
    assertThat(report.loaded()).isEqualTo(2);
    assertThat(report.rejected().keySet())
        .containsExactlyInAnyOrder("invalid_two_way", "invalid_term", "invalid_synonym", "repeat");
    assertThat(
            shop.query(
                "SELECT string_agg(term || '=' || synonym, ',' ORDER BY term) FROM synonyms"))
        .isEqualTo("sofa=couch,tv stand=media console");
    assertThat(synonyms("term,synonym\n,\n").loaded()).isZero();
    assertThat(shop.query("SELECT count(*) FROM synonyms")).as("nothing is lost").isEqualTo("2");
  }

  private ImportReport products(Path... files) {
    return importer.products(List.of(files), beside(false), bytes -> {});
  }

  private static Options beside(boolean clearMissing) {
    return new Options(
        Source.GENERIC, FieldMapping.NONE, ZoneId.of("UTC"), false, null, clearMissing);
  }

  private static String product(String id) {
    return shop.query(
        """
        SELECT concat_ws('|', title, description, brand, category, price, currency, in_stock, attributes)
        FROM products WHERE id = '%s'
        """
            .formatted(id));
  }

  private Path lamp() throws IOException {
    return file(
        "catalog.csv",
        """
        product_id,title,description,brand,category,price,currency,in_stock,attributes.color,attributes.size
        a,Lamp,Bright,Lux,Home > Light,10.00,EUR,no,red,L
        """);
  }

  @Test
  void products_columnsThatTheFileLacks_stayAsTheyAre() throws Exception {
    products(lamp());
    Path file = file("p.csv", "product_id,title,price,currency\na,Lamp 2,9.99,USD\n");
    assertThat(products(file).changed()).isEqualTo(1);
    assertThat(product("a"))
        .isEqualTo(
            "Lamp 2|Bright|Lux|Home > Light|9.99|USD|f|{\"size\": \"L\", \"color\": \"red\"}");

    Path json =
        file(
            "p.jsonl", "{\"product_id\":\"a\",\"in_stock\":true,\"attributes\":{\"size\":null}}\n");
    products(json);
    assertThat(product("a"))
        .isEqualTo("Lamp 2|Bright|Lux|Home > Light|9.99|USD|t|{\"color\": \"red\"}");
  }

  @Test
  void products_emptyFields_areEmptied_andClearMissingEmptiesTheOthersToo() throws Exception {
    products(lamp());
    products(file("p.csv", "product_id,brand,attributes.color\na,,\n"));
    assertThat(product("a")).isEqualTo("Lamp|Bright|Home > Light|10.00|EUR|f|{\"size\": \"L\"}");
    Path file = file("q.csv", "product_id,title\na,Lamp\n");
    importer.products(List.of(file), beside(true), bytes -> {});
    assertThat(product("a")).isEqualTo("Lamp||XXX|t|{}");
  }

  @Test
  void products_priceFileWithoutTitles_isForKnownProducts() throws Exception {
    products(lamp());
    ImportReport report =
        products(file("prices.csv", "product_id,price\na,12.50\nb,3.00\na-z,1.00\n"));
    addsUp(report);
    assertThat(report.changed()).isEqualTo(1);
    assertThat(report.rejected()).isEqualTo(Map.of("unknown_product", 2L));
    assertThat(product("a")).startsWith("Lamp|Bright|Lux|Home > Light|12.50|EUR|f|");
    assertThat(Files.readString(folder.resolve("prices.csv.rejects.csv")))
        .contains("\nb,3.00,", "\"3\",\"unknown_product\",\"there is no product of this id");
  }

  @Test
  void products_priceWithoutCurrency_isRefusedWhereTheProductHasNone() throws Exception {
    products(file("c.csv", "product_id,title\na,Lamp\n"));
    ImportReport report =
        products(file("p.csv", "product_id,title,price\na,Lamp,1.00\nb,Chair,2.00\n"));
    addsUp(report);
    assertThat(report.rejected()).isEqualTo(Map.of("invalid_currency", 2L));
    assertThat(product("a")).isEqualTo("Lamp||XXX|t|{}");
  }

  @Test
  void products_catalogAndPricesAtOnce_bothCount() throws Exception {
    Path prices = file("prices.csv", "product_id,price\na,12.50\n");
    ImportReport report = products(lamp(), prices);
    addsUp(report);
    assertThat(report.loaded()).isEqualTo(2);
    assertThat(product("a")).startsWith("Lamp|Bright|Lux|Home > Light|12.50|EUR|f|");
  }

  @Test
  void products_moreAttributesThanAProductMayHave_areRefused() throws Exception {
    String names =
        IntStream.range(0, 50).mapToObj(i -> "attributes.n" + i).collect(Collectors.joining(","));
    products(file("c.csv", "product_id,title," + names + "\na,Lamp" + ",x".repeat(50) + "\n"));
    ImportReport report = products(file("p.csv", "product_id,attributes.other\na,y\n"));
    assertThat(report.rejected()).isEqualTo(Map.of("invalid_attributes", 1L));
  }

  @Test
  void products_knownDataSets_keepWhatTheyDoNotTellOf() throws Exception {
    products(
        file(
            "c.csv",
            "product_id,title,description,brand,in_stock,attributes.x\n85123A,Old,Long,Lux,no,1\n"));
    Path retail =
        file("r.csv", RETAIL_HEADER + "536365,85123a,HEART,6,2010-12-01 08:26:00,2.55,,UK\n");
    products(Source.ONLINE_RETAIL, FieldMapping.NONE, retail);
    assertThat(product("85123A")).isEqualTo("HEART|Long|Lux|2.55|GBP|f|{\"x\": \"1\"}");
    Path esci = file("e.csv", "product_id,color,price\n85123A,red,3.00\n");
    products(Source.ESCI, FieldMapping.NONE, esci);
    assertThat(product("85123A"))
        .isEqualTo("HEART|Long|Lux|3.00|USD|f|{\"x\": \"1\", \"color\": \"red\"}");
  }

  @Test
  void products_mappedColumnThatIsNotThere_isNamedWithTheNearest() throws Exception {
    products(lamp());
    Path good = file("good.csv", "sku,colour,title\na,blue,Lamp 3\n");
    Path bad = file("bad.csv", "sku,color,title\na,green,Lamp 4\n");
    FieldMapping mapping =
        new FieldMapping(Map.of("product_id", "sku", "attributes.color", "colour"), Map.of());
    assertThatThrownBy(() ->
            importer.products(
                List.of(good, bad), options(Source.GENERIC, mapping, false), bytes -> {}))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("bad.csv")
        .hasMessageContaining("there is no column colour")
        .hasMessageContaining("the nearest is color")
        .hasMessageContaining("Nothing was imported");
    assertThat(product("a")).startsWith("Lamp|");
    assertThatThrownBy(() -> products(file("semi.csv", "product_id;title\na;Lamp\n")))
        .hasMessageContaining("no column product_id")
        .hasMessageContaining("parted by commas");
    assertThatThrownBy(() ->
            events(
                Source.GENERIC, FieldMapping.NONE, false, file("e.csv", "user_id,typ\nu,view\n")))
        .hasMessageContaining("no column type, which is needed; the nearest is typ");
  }

  @Test
  void products_columnsThatNothingIsReadFrom_areTold() throws Exception {
    ImportReport report = products(file("p.csv", "product_id,title,Brand,x\na,Lamp,Lux,1\n"));
    assertThat(report.notes()).containsExactly("no field is read from 2 columns: Brand, x");
    FieldMapping mapping = new FieldMapping(Map.of("brand", "maker"), Map.of());
    Path json = file("p.jsonl", "{\"product_id\":\"a\",\"make\":\"Lux\"}\n");
    assertThat(products(Source.GENERIC, mapping, json).notes())
        .containsExactly("no record has maker, which --map names");
  }

  @Test
  void rejects_asTheyStand_canBeImportedAgain() throws Exception {
    Path file =
        Files.write(
            folder.resolve("c.csv"),
            ("\ufeffproduct_id,title,price,currency\r\n"
                    + "a,\"Lamp, \"\"red\"\"\",cheap,EUR\r\n"
                    + "b,\"24\" monitor,9.00,EUR\r\n"
                    + "c,\"two\r\nlines\",x,EUR\r\n"
                    + "d,Chair,1.00,EUR\r\n"
                    + "e,Table\r\n"
                    + "f,Lämp,many,EUR\r\n")
                .getBytes(StandardCharsets.UTF_8));
    ImportReport report = products(file);
    addsUp(report);
    assertThat(report.rejected()).isEqualTo(Map.of("invalid_price", 3L, "damaged", 2L));
    Path rejects = folder.resolve("c.csv.rejects.csv");
    assertThat(report.rejectFiles()).containsExactly(rejects.toString());
    assertThat(Files.readString(rejects))
        .contains(
            "\na,\"Lamp, \"\"red\"\"\",cheap,EUR,",
            "\nb,\"24\" monitor,9.00,EUR,",
            "\nf,Lämp,many,");

    ImportReport again = products(rejects);
    assertThat(again.rejected()).isEqualTo(report.rejected());
    assertThat(again.rows()).isEqualTo(5);
    String twice = Files.readString(folder.resolve("c.csv.rejects.csv.rejects.csv"));
    assertThat(twice.lines().skip(1)).allMatch(line -> line.split("rejects.csv", -1).length <= 2);

    Files.writeString(
        rejects,
        Files.readString(rejects)
            .replace("cheap", "2.00")
            .replace("\"24\" monitor", "24\" monitor")
            .replace(",x,", ",3.00,")
            .replace("e,Table", "e,Table,4.00,EUR")
            .replace("many", "5.00"));
    ImportReport mended = products(rejects);
    assertThat(mended.rejectedRows()).isZero();
    assertThat(mended.created()).isEqualTo(5);
    assertThat(shop.query("SELECT string_agg(title, '|' ORDER BY id) FROM products"))
        .isEqualTo("Lamp, \"red\"|24\" monitor|two lines|Chair|Table|Lämp");
  }

  @Test
  void rejects_ofOtherFormats_keepTheirs() throws Exception {
    Path tsv = file("p.tsv", "product_id\ttitle\tprice\tcurrency\na\t\"La\tmp\"\tx\tEUR\n");
    Path json = file("p.jsonl", "{\"product_id\": \"b\", \"title\":\"L\",\"price\":-1}\nnone\n");
    ImportReport report = products(tsv, json);
    assertThat(report.rejectFiles()).containsExactly(tsv + ".rejects.tsv", json + ".rejects.jsonl");
    assertThat(Files.readString(folder.resolve("p.tsv.rejects.tsv")))
        .contains("\na\t\"La\tmp\"\tx\tEUR\t\"" + tsv + "\"\t\"2\"\t\"invalid_price\"\t");
    ImportReport again =
        products(folder.resolve("p.tsv.rejects.tsv"), folder.resolve("p.jsonl.rejects.jsonl"));
    assertThat(again.rejected()).isEqualTo(report.rejected());
    assertThat(Files.readAllLines(folder.resolve("p.jsonl.rejects.jsonl")))
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith(
                        "{\"product_id\": \"b\", \"title\":\"L\",\"price\":-1,\"rejected\":{"),
            second -> assertThat(second).startsWith("none {\"rejected\":{"));
  }

  @Test
  void rejects_inOnePlace_areOneFileForEachHeader() throws Exception {
    Path one = file("a.csv", "product_id,title,in_stock\na,A,x\n");
    Path two = file("b.csv", "product_id,title,in_stock\nb,B,x\n");
    Path three = file("c.csv", "product_id,in_stock,title\nc,x,C\n");
    Options options =
        options(Source.GENERIC, FieldMapping.NONE, false); // --rejects folder/rejects.csv
    ImportReport report = importer.products(List.of(one, two, three), options, bytes -> {});
    assertThat(report.rejectFiles())
        .containsExactly(
            folder.resolve("rejects.csv").toString(), folder.resolve("rejects-2.csv").toString());
    assertThat(Files.readAllLines(folder.resolve("rejects.csv"))).hasSize(3);
  }

  @Test
  void rejects_neverTakeTheFileThatIsRead() throws Exception {
    Path file = file("rejects.csv", "product_id,title\na,\n");
    assertThatThrownBy(() -> products(Source.GENERIC, FieldMapping.NONE, file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("--rejects");
    Path beside = file("rejects.csv.rejects.csv", "product_id,title\na,\n");
    assertThatThrownBy(() -> products(file, beside)).hasMessageContaining("--rejects");
    assertThat(Files.readString(file)).isEqualTo("product_id,title\na,\n");
    assertThat(Files.readString(beside)).isEqualTo("product_id,title\na,\n");
  }

  @Test
  void rejects_thatCannotBeWritten_endTheImport() throws Exception {
    Path file = file("p.csv", "product_id,title\na,Lamp\nb,\n");
    Path impossible = file("file", "").resolve("rejects.csv");
    Options options =
        new Options(Source.GENERIC, FieldMapping.NONE, ZoneId.of("UTC"), false, impossible);
    assertThatThrownBy(() -> importer.products(List.of(file), options, bytes -> {}))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("nothing was imported")
        .hasMessageContaining("--rejects FILE");
    assertThat(shop.query("SELECT count(*) FROM products")).isEqualTo("0");
  }

  @Test
  void products_secondGzipMemberDamaged_leavesNothingBehind() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : List.of("product_id,title\na,Lamp\n", "b,Chair\n")) {
      try (OutputStream out = new GZIPOutputStream(bytes)) {
        out.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] packed = bytes.toByteArray();
    Path whole = Files.write(folder.resolve("p.csv.gz"), packed);
    packed[packed.length - 28] ^= 0x5a; // in the second header
    Path damaged = Files.write(folder.resolve("d.csv.gz"), packed);
    assertThatThrownBy(() -> products(damaged))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("gzip member 2 is damaged");
    assertThat(shop.query("SELECT count(*) FROM products")).isEqualTo("0");
    assertThat(products(whole).created()).isEqualTo(2);
  }

  @Test
  void products_againstABatchInTheOppositeOrder_bothGoIn() throws Exception {
    int size = 3_000;
    StringBuilder csv = new StringBuilder("product_id,title,price,currency\n");
    List<ProductDraft> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      csv.append("%05d,Imported,%d.00,EUR%n".formatted(size - i, i));
      batch.add(
          new ProductDraft(
              "%05d".formatted(i + 1), "Put", null, null, null, null, "XXX", true, Map.of()));
    }
    Path file = file("p.csv", csv.toString());
    CatalogStore catalog = new CatalogStore(shop.database());
    products(file);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 3; round++) {
        Future<ImportReport> imported = threads.submit(() -> products(file));
        Future<?> put = threads.submit(() -> catalog.putAll(batch));
        put.get();
        assertThat(imported.get().loaded()).isEqualTo(size);
      }
    }
    assertThat(shop.query("SELECT count(*) FROM products")).isEqualTo(String.valueOf(size));
  }

  @Test
  void write_twoThatWaitForEachOther_areBothDone() throws Exception {
    products(file("p.csv", "product_id,title\na,A\nb,B\n"));
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    AtomicInteger runs = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> writes = new ArrayList<>();
      for (List<String> order : List.of(List.of("a", "b"), List.of("b", "a"))) {
        writes.add(
            threads.submit(() ->
                shop.database()
                    .write(
                        "test",
                        handle -> {
                          int rows = touch(handle, order.getFirst());
                          if (runs.incrementAndGet() <= 2) {
                            await(bothHoldOne);
                          }
                          return rows + touch(handle, order.getLast());
                        })));
      }
      for (Future<Integer> write : writes) {
        assertThat(write.get()).isEqualTo(2);
      }
    }
    assertThat(runs).hasValue(3);
  }

  private static int touch(Handle handle, String id) {
    return handle
        .createUpdate("UPDATE products SET updated_at = now() WHERE id = :id")
        .bind("id", id)
        .execute();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String VIEW = "user_id,product_id,type,occurred_at\n";

  private Path other(String name, String text) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve("other")).resolve(name), text);
  }

  private static String times() {
    return shop.query("SELECT string_agg(occurred_at::text, '|' ORDER BY user_id) FROM events");
  }

  @Test
  void events_otherFileOfTheSameName_isShiftedByItsOwnOrNot() throws Exception {
    Path first = file("daily.csv", VIEW + "a,p,view,2026-02-01 10:00:00\n");
    events(Source.GENERIC, FieldMapping.NONE, true, first);
    assertThat(times()).isEqualTo("2026-03-01 12:00:00+00");
    Path second = other("daily.csv", VIEW + "b,p,view,2026-02-02 10:00:00\n");
    events(Source.GENERIC, FieldMapping.NONE, false, second);
    assertThat(times()).isEqualTo("2026-03-01 12:00:00+00|2026-02-02 10:00:00+00");
    Path third = other("daily.csv", VIEW + "c,p,view,2026-02-03 10:00:00\n");
    events(Source.GENERIC, FieldMapping.NONE, true, third);
    assertThat(times())
        .isEqualTo("2026-03-01 12:00:00+00|2026-02-02 10:00:00+00|2026-03-01 12:00:00+00");
  }

  @Test
  void events_importedWithoutAShiftFirst_canBeShiftedLater_andBack() throws Exception {
    Path file =
        file("e.csv", VIEW + "a,p,view,2026-01-31 12:00:00\nb,p,view,2026-02-01 12:00:00\n");
    events(Source.GENERIC, FieldMapping.NONE, false, file);
    ImportReport shifted = events(Source.GENERIC, FieldMapping.NONE, true, file);
    assertThat(shifted.changed()).isEqualTo(2);
    assertThat(shifted.created()).isZero();
    assertThat(times()).isEqualTo("2026-02-28 12:00:00+00|2026-03-01 12:00:00+00");
    importer =
        new Importer(
            new ImportStore(shop.database()), Clock.fixed(NOW.plusSeconds(86_400), ZoneOffset.UTC));
    shop.execute("TRUNCATE event_ids"); // as they are pruned after seven days
    ImportReport again =
        events(Source.GENERIC, FieldMapping.NONE, true, other("f.csv", Files.readString(file)));
    assertThat(again.unchanged()).isEqualTo(2);
    assertThat(events(Source.GENERIC, FieldMapping.NONE, false, file).changed()).isEqualTo(2);
    assertThat(times()).isEqualTo("2026-01-31 12:00:00+00|2026-02-01 12:00:00+00");
  }

  @Test
  void events_moved_stayAnonymousAndAreCountedOnce() throws Exception {
    Path file = file("e.csv", VIEW + "a,p,view,2026-02-01 12:00:00\n");
    products(file("p.csv", "product_id,title\np,Lamp\n"));
    events(Source.GENERIC, FieldMapping.NONE, false, file);
    shop.execute("UPDATE events SET user_id = NULL, session_id = 'anonymous'");
    PopularityJob job = new PopularityJob(new JobStore(shop.database()));
    job.run();
    events(Source.GENERIC, FieldMapping.NONE, true, file);
    job.run();
    assertThat(shop.query("SELECT concat_ws('|', user_id, session_id) FROM events"))
        .isEqualTo("anonymous");
    assertThat(shop.query("SELECT views FROM product_features")).isEqualTo("1");
  }

  @Test
  void events_theSameRow_isTheSameEventInAnyFile_unlessItIsTakenForAnother() throws Exception {
    String rows = "user_id,product_id,occurred_at\nu,p,2026-02-01 10:00\n";
    FieldMapping views = new FieldMapping(Map.of(), Map.of("type", "view"));
    FieldMapping carts = new FieldMapping(Map.of(), Map.of("type", "add_to_cart"));
    assertThat(events(Source.GENERIC, views, false, file("a.csv", rows)).created()).isEqualTo(1);
    assertThat(events(Source.GENERIC, views, false, file("b.csv", rows)).unchanged()).isEqualTo(1);
    assertThat(events(Source.GENERIC, carts, false, file("a.csv", rows)).created()).isEqualTo(1);
  }

  @Test
  void events_repeatsInARejectFile_areStillRepeats() throws Exception {
    String row = "u,p,view,2026-02-01 10:00:00\n";
    Path file = file("e.csv", VIEW + row + row + "u,p,gaze,2026-02-01 10:00:00\n");
    Options beside = beside(false);
    ImportReport report = importer.events(List.of(file), beside, bytes -> {});
    assertThat(report.rejected()).isEqualTo(Map.of("repeat", 1L, "invalid_type", 1L));
    Path rejects = folder.resolve("e.csv.rejects.csv");
    ImportReport again = importer.events(List.of(rejects), beside, bytes -> {});
    assertThat(again.created()).isZero();
    assertThat(again.unchanged()).isEqualTo(1);
    Files.writeString(rejects, Files.readString(rejects).replace("gaze", "click"));
    assertThat(importer.events(List.of(rejects), beside, bytes -> {}).created()).isEqualTo(1);
  }

  @Test
  void rows_thatTheDatabaseCannotTake_areRejectedAlone() throws Exception {
    Path json =
        file(
            "p.jsonl",
            """
            {"product_id":"a","title":"Lamp"}
            {"product_id":"b","title":"L\\u0000"}
            {"product_id":"c","title":"L","price":1e-20000,"currency":"EUR"}
            {"product_id":"d","title":"L","created_at":"+999999999-01-01T00:00:00Z"}
            {"product_id":"e","title":"L","attributes":{"x\\u0000":1}}
            """);
    ImportReport report = products(json);
    addsUp(report);
    assertThat(report.created()).isEqualTo(1);
    Path events =
        file(
            "e.csv",
            "user_id,product_id,type,occurred_at,value\nu,p,view,2026-02-01 10:00:00,1e-20000\nu,p,view,2026-02-01 10:00:00,2\n");
    ImportReport taken = events(Source.GENERIC, FieldMapping.NONE, false, events);
    assertThat(taken.created()).isEqualTo(1);
    Path retail =
        file(
            "r.csv",
            RETAIL_HEADER
                + "536365,85123a,HEART,6,2010-12-01 08:26:00,99999999999,,UK\n"
                + "536366,85123A,HEART,6,2010-12-02 08:26:00,2.95,,UK\n");
    assertThat(products(Source.ONLINE_RETAIL, FieldMapping.NONE, retail).created()).isEqualTo(1);
  }

  @Test
  void synonyms_ofARejectFile_areAddedToThoseThereAre() throws IOException {
    Path file = file("s.csv", "term,synonym,two_way\nsofa,couch,true\ncap,hat,perhaps\n");
    VocabularyStore vocabulary = new VocabularyStore(shop.database());
    importer.synonyms(List.of(file), beside(false), vocabulary, bytes -> {});
    Path rejects = folder.resolve("s.csv.rejects.csv");
    Files.writeString(rejects, Files.readString(rejects).replace("hat,perhaps", "hat,false"));
    ImportReport report =
        importer.synonyms(List.of(rejects), beside(false), vocabulary, bytes -> {});
    assertThat(report.notes()).hasSize(1);
    assertThat(
            shop.query(
                "SELECT string_agg(term || '=' || synonym, ',' ORDER BY term) FROM synonyms"))
        .isEqualTo("cap=hat,sofa=couch");
  }
}
