package dev.tideline.engine.index;

import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.TextAnalysis;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/** Makes the index's document of a product. */
final class ProductDocument {

  /** Longer values can be found by their words, but neither filtered nor counted. */
  private static final int VALUE_BYTES_MAX = 8_000;

  /** Attributes that name a product: each is found by its letters and digits alone too. */
  private static final Set<String> IDENTIFIERS =
      Set.of("sku", "gtin", "ean", "upc", "mpn", "isbn", "asin");

  private final Document document = new Document();
  private final Product product;
  private final ShopLanguage language;

  private ProductDocument(Product product, ShopLanguage language) {
    this.product = product;
    this.language = language;
  }

  static Document of(IndexedProduct indexed) {
    ProductDocument made = new ProductDocument(indexed.product(), indexed.language());
    made.addTexts();
    made.addIdentifiers();
    made.addFilters();
    made.addNumbers(indexed.popularity());
    made.addStored();
    return made.document;
  }

  private void text(Text field, String text) {
    if (!text.isBlank()) {
      document.add(new TextField(field.in(language), text, Field.Store.NO));
    }
  }

  private void addTexts() {
    String brand = product.brand() == null ? "" : product.brand();
    String category = product.category() == null ? "" : product.category();
    String attributes =
        product.attributes().values().stream()
            .filter(value -> !(value instanceof Boolean))
            .map(ProductDocument::plain)
            .collect(Collectors.joining("\n"));
    text(Text.TITLE, product.title());
    text(Text.BRAND, brand);
    text(Text.CATEGORY, category);
    text(Text.ATTRIBUTES, attributes);
    text(Text.DESCRIPTION, product.description());
    text(Text.SURFACE, String.join("\n", product.title(), brand, category, attributes));
    document.add(
        new StringField(
            IndexField.EXACT_TITLE, TextAnalysis.exact(product.title()), Field.Store.NO));
  }

  private void addIdentifiers() {
    document.add(new StringField(IndexField.ID, product.id(), Field.Store.NO));
    document.add(new SortedDocValuesField(IndexField.ID, new BytesRef(product.id())));
    identifier(product.id());
    product
        .attributes()
        .forEach((name, value) -> {
          if (IDENTIFIERS.contains(TextAnalysis.identifier(name))) {
            identifier(plain(value));
          }
        });
  }

  private void identifier(String text) {
    String identifier = TextAnalysis.identifier(text);
    if (!identifier.isEmpty()) {
      document.add(new StringField(IndexField.IDENTIFIER, identifier, Field.Store.NO));
    }
  }

  private void addFilters() {
    if (product.brand() != null) {
      keyword(IndexField.BRAND, product.brand());
    }
    if (product.category() != null) {
      levels(product.category()).forEach(level -> keyword(IndexField.CATEGORY, level));
    }
    for (Map.Entry<String, Object> attribute : product.attributes().entrySet()) {
      keyword(
          IndexField.ATTRIBUTE,
          IndexField.attribute(attribute.getKey(), plain(attribute.getValue())));
    }
    keyword(IndexField.IN_STOCK, Boolean.toString(product.inStock()));
  }

  private void keyword(String field, String value) {
    BytesRef bytes = new BytesRef(value);
    if (bytes.length <= VALUE_BYTES_MAX) {
      document.add(new StringField(field, bytes, Field.Store.NO));
      document.add(new SortedSetDocValuesField(field, bytes));
    }
  }

  /** {@code A}, {@code A > B} and {@code A > B > C} of {@code A > B > C}. */
  private static List<String> levels(String path) {
    List<String> levels = new ArrayList<>();
    for (int end = path.indexOf(CategoryPath.SEPARATOR);
        end >= 0;
        end = path.indexOf(CategoryPath.SEPARATOR, end + 1)) {
      levels.add(path.substring(0, end));
    }
    levels.add(path);
    return levels;
  }

  private void addNumbers(double popularity) {
    if (product.price() != null) {
      String field = IndexField.price(product.currency());
      long hundredths = product.price().movePointRight(2).longValueExact();
      document.add(new LongPoint(field, hundredths));
      document.add(new NumericDocValuesField(field, hundredths));
      document.add(new StringField(IndexField.CURRENCY, product.currency(), Field.Store.NO));
    }
    document.add(
        new NumericDocValuesField(
            IndexField.CREATED, ChronoUnit.MICROS.between(Instant.EPOCH, product.createdAt())));
    document.add(
        new NumericDocValuesField(
            IndexField.POPULARITY, NumericUtils.doubleToSortableLong(popularity)));
  }

  private void addStored() {
    document.add(
        new StoredField(
            IndexField.SUMMARY,
            StoredSummary.bytes(
                new ProductSummary(
                    product.id(),
                    product.title(),
                    product.brand(),
                    product.category(),
                    product.price(),
                    product.currency(),
                    product.inStock()))));
    document.add(new StoredField(IndexField.DESCRIPTION, product.description()));
  }

  /** A value as filters and facets show it: a number without an exponent. */
  private static String plain(Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }
}
