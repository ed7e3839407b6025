package dev.tideline.engine.imports;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A row of UCI's Online Retail (Chen, 2015) that is a sale of goods: one line of an invoice.
 *
 * @param product the stock code in upper case: codes that differ only in case are one product
 * @param customer digits, without the {@code .0} of the file; null for a quarter of the rows
 */
record OnlineRetailRow(
    String invoice,
    String product,
    @Nullable String description,
    int quantity,
    BigDecimal price,
    Instant soldAt,
    @Nullable String customer,
    @Nullable String country) {

  /** The columns that every row needs. */
  static final Set<String> COLUMNS =
      Set.of("InvoiceNo", "StockCode", "Quantity", "UnitPrice", "InvoiceDate");

  /** Times in the file are local and name no zone. */
  static final ZoneId ZONE = ZoneId.of("Europe/London");

  /**
   * The stock codes of goods: a number, optionally followed by letters. All other codes are
   * postage, fees, samples and the like.
   */
  private static final Pattern GOODS = Pattern.compile("\\d{5}[A-Z]{0,2}");

  private static final Pattern INVOICE = Pattern.compile("\\d{6}");

  /** The sale, or the reason why the row is not a sale. */
  static Mapped<OnlineRetailRow> of(SourceRecord record) {
    String invoice = record.text("InvoiceNo");
    String code = record.text("StockCode");
    Optional<Integer> quantity = number(record, "Quantity").flatMap(Texts::integer);
    Optional<BigDecimal> price = number(record, "UnitPrice").flatMap(Texts::decimal);
    Optional<Instant> time =
        number(record, "InvoiceDate").flatMap(text -> Texts.instant(text, ZONE));
    if (invoice == null
        || code == null
        || quantity.isEmpty()
        || price.isEmpty()
        || time.isEmpty()) {
      return Mapped.rejected(
          "unreadable",
          "InvoiceNo, StockCode, Quantity, UnitPrice or InvoiceDate is missing or malformed");
    }
    if (invoice.startsWith("C")) {
      return Mapped.rejected("cancellation", "invoice " + invoice + " cancels an earlier one");
    }
    if (!INVOICE.matcher(invoice).matches()) {
      return Mapped.rejected("adjustment", "invoice " + invoice + " adjusts bad debt");
    }
    String product = code.toUpperCase(Locale.ROOT);
    if (!GOODS.matcher(product).matches()) {
      return Mapped.rejected("no_goods", code + " is postage, a fee, a voucher or the like");
    }
    if (quantity.get() <= 0) {
      return Mapped.rejected(
          "stock_correction", "quantity " + quantity.get() + " without a cancellation");
    }
    if (price.get().signum() <= 0) {
      return Mapped.rejected("no_price", "price " + price.get() + ": goods moved, not sold");
    }
    return Mapped.row(
        new OnlineRetailRow(
            invoice,
            product,
            Texts.clean(record.text("Description")),
            quantity.get(),
            price.get(),
            time.get(),
            customer(record),
            record.text("Country")));
  }

  private static Optional<String> number(SourceRecord record, String column) {
    return Optional.ofNullable(record.text(column));
  }

  private static @Nullable String customer(SourceRecord record) {
    String id = record.text("CustomerID");
    return id != null && id.endsWith(".0") ? id.substring(0, id.length() - 2) : id;
  }
}
