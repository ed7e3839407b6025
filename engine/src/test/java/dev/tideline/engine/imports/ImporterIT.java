package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.search.VocabularyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImporterIT {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String RETAIL_HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

  private static ShopFixture shop;
  @TempDir Path folder;
  private Importer importer;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute(
        "TRUNCATE products CASCADE; TRUNCATE events; TRUNCATE event_ids; TRUNCATE import_shifts");
    importer = new Importer(new ImportStore(shop.database()), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Options options(Source source, FieldMapping mapping, boolean shift) {
    return new Options(source, mapping, ZoneId.of("UTC"), shift, folder.resolve("rejects.csv"));
  }

  private ImportReport products(Source source, FieldMapping mapping, Path file) {
    return importer.products(List.of(file), options(source, mapping, false), bytes -> {});
  }

  private ImportReport events(Source source, FieldMapping mapping, boolean shift, Path file) {
    return importer.events(List.of(file), options(source, mapping, shift), bytes -> {});
  }

  private static void addsUp(ImportReport report) {
    assertThat(report.rows()).isEqualTo(report.loaded() + report.rejectedRows());
  }

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
        .contains(",3,invalid_title,", ",4,invalid_price,", ",5,invalid_in_stock,")
        .contains("\"9,Chair,cheap,,yes\"");
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

  private static Path shared(String file) {
    Path path = Path.of("../../shared/data").resolve(file);
    boolean there = Files.exists(path);
    if (System.getenv("CI") == null) {
      assumeThat(there).as("the shared data sets are here").isTrue();
    } else {
      assertThat(there).as(path + " is here in CI").isTrue();
    }
    return path;
  }

  @Test
  void products_wholeEsci_allLoad() {
    ImportReport report = products(Source.ESCI, FieldMapping.NONE, shared("esci/products.csv.gz"));
    addsUp(report);
    assertThat(report.created()).isEqualTo(6_764);
    assertThat(report.rejectedRows()).isZero();
  }

  @Test
  void wholeOnlineRetail_isExplainedRowByRowAndIdempotent() {
    Path file = shared("online_retail/online_retail.csv.gz");
    ImportReport products = products(Source.ONLINE_RETAIL, FieldMapping.NONE, file);
    addsUp(products);
    assertThat(products.rows()).isEqualTo(541_909);
    assertThat(products.created()).isEqualTo(3_791);

    ImportReport events = events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, file);
    addsUp(events);
    assertThat(events.rows()).isEqualTo(541_909);
    assertThat(events.rejected())
        .containsEntry("cancellation", 9_288L)
        .containsEntry("adjustment", 3L);
    assertThat(events.created()).isEqualTo(events.loaded());

    ImportReport again = events(Source.ONLINE_RETAIL, FieldMapping.NONE, true, file);
    assertThat(again.created()).isZero();
    assertThat(again.unchanged()).isEqualTo(events.created());
  }
}
