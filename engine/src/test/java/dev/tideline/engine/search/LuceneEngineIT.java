package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.index.IndexFollower;
import dev.tideline.engine.index.IndexSettings;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.lucene.LuceneEngine;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.token.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the index that an instance keeps. */
final class LuceneEngineIT extends SearchContract {

  private static final Duration WAIT = Duration.ofSeconds(30);

  /** Shared by all tests of the class, which JUnit's are not. */
  @TempDir static Path folder;

  private VocabularyStore words;
  private Language language;
  private IndexFollower index;

  @Override
  void open() {
    words = new VocabularyStore(shop.database());
    language = Language.open(words);
    index =
        IndexFollower.open(shop.database(), new IndexSettings(folder, Duration.ofMillis(50), WAIT));
  }

  @Override
  void close() {
    index.close();
    language.close();
  }

  @Override
  ProductSearch search(RankingWeights weights) {
    return shop.storefront(language, weights, others -> new LuceneEngine(index, others)).search();
  }

  @Override
  void count() {
    Position written =
        shop.database()
            .writeForPosition(
                "test", handle -> handle.execute("UPDATE heartbeat SET beat_at = now()"))
            .position();
    Awaitility.await()
        .atMost(WAIT)
        .until(() -> index.read(List.of(written), view -> true).orElse(false));
  }

  @Override
  void replaceSynonyms(List<Synonyms.Rule> changed) {
    words.replaceSynonyms(changed);
    Awaitility.await()
        .atMost(WAIT)
        .untilAsserted(() -> assertThat(index.synonyms()).hasSameSizeAs(changed));
  }
}
