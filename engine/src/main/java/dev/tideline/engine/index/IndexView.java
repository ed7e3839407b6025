package dev.tideline.engine.index;

import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/**
 * The index at one moment. Immutable, thread-safe; valid inside of {@link ProductIndex#read}.
 *
 * @param version changes whenever the content does
 * @param stamp a read of the database from here on shows nothing older than the view
 * @param changed the stamp with which its content last changed
 * @param languages those that products are in
 */
public record IndexView(
    IndexSearcher searcher,
    long version,
    Position stamp,
    Position changed,
    List<ShopLanguage> languages) {

  private static final Set<String> SUMMARY = Set.of(IndexField.SUMMARY);
  private static final Set<String> DESCRIBED = Set.of(IndexField.SUMMARY, IndexField.DESCRIPTION);

  static IndexView of(IndexSearcher searcher, long version, Position stamp) {
    List<ShopLanguage> languages = new ArrayList<>();
    for (ShopLanguage language : ShopLanguage.values()) {
      if (!terms(searcher.getIndexReader(), Text.TITLE.in(language)).isEmpty()) {
        languages.add(language);
      }
    }
    return new IndexView(searcher, version, stamp, stamp, List.copyOf(languages));
  }

  /** The same content at a later position. */
  IndexView at(Position later) {
    return new IndexView(searcher, version, later, changed, languages);
  }

  private static Optional<Terms> terms(IndexReader reader, String field) {
    try {
      return Optional.ofNullable(MultiTerms.getTerms(reader, field));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many products the index has. */
  public int products() {
    return searcher.getIndexReader().numDocs();
  }

  /** How many products have a term in a field; those just deleted may still count. */
  public int frequency(String field, String term) {
    try {
      return searcher.getIndexReader().docFreq(new Term(field, term));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lists show of products, by id; those that are gone are missing. */
  public Map<String, ProductSummary> summaries(List<String> ids) {
    Map<String, ProductSummary> found = new HashMap<>();
    for (String id : ids) {
      document(id, SUMMARY).ifPresent(document -> found.put(id, summary(document)));
    }
    return found;
  }

  /** A product and its description. */
  public record Described(ProductSummary product, String description) {}

  /** Products with their descriptions, by id; those that are gone are missing. */
  public Map<String, Described> described(List<String> ids) {
    Map<String, Described> found = new HashMap<>();
    for (String id : ids) {
      document(id, DESCRIBED)
          .ifPresent(document ->
              found.put(
                  id, new Described(summary(document), document.get(IndexField.DESCRIPTION))));
    }
    return found;
  }

  private static ProductSummary summary(Document document) {
    BytesRef bytes = document.getBinaryValue(IndexField.SUMMARY);
    return StoredSummary.read(bytes.bytes, bytes.offset, bytes.length);
  }

  private Optional<Document> document(String id, Set<String> fields) {
    try {
      int number = number(id);
      return number < 0
          ? Optional.empty()
          : Optional.of(searcher.storedFields().document(number, fields));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The number of a product's document, -1 if there is none. */
  private int number(String id) throws IOException {
    BytesRef term = new BytesRef(id);
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Terms ids = leaf.reader().terms(IndexField.ID);
      if (ids == null) {
        continue;
      }
      TermsEnum each = ids.iterator();
      if (each.seekExact(term)) {
        Bits live = leaf.reader().getLiveDocs();
        PostingsEnum documents = each.postings(null, PostingsEnum.NONE);
        for (int doc = documents.nextDoc();
            doc != DocIdSetIterator.NO_MORE_DOCS;
            doc = documents.nextDoc()) {
          if (live == null || live.get(doc)) {
            return leaf.docBase + doc;
          }
        }
      }
    }
    return -1;
  }
}
