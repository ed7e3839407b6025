package dev.tideline.engine.words;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.route.ReadContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vocabulary and the synonyms that an instance works with: loaded at the start, and again when
 * there are others. Searches find new words all the same; only their rarity and spelling are not
 * known before. Thread-safe.
 */
public final class Language implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Language.class);

  /** How long an instance may go on with words that have been counted anew. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

  /** Both, as of one time. */
  public record State(Vocabulary vocabulary, Synonyms synonyms) {}

  private final VocabularyStore store;
  private final BackgroundLoop periodic;
  private volatile State state = new State(Vocabulary.EMPTY, Synonyms.NONE);

  private Language(VocabularyStore store) {
    this.store = store;
    refresh();
    this.periodic = BackgroundLoop.every(LOOK_INTERVAL, "vocabulary", this::refresh);
  }

  /** Loads what there is; without a database it starts empty and looks again. */
  public static Language open(VocabularyStore store) {
    return new Language(store);
  }

  public State state() {
    return state;
  }

  /** The words of a text in the form that queries and the catalog are compared in. */
  public static String fold(String text) {
    return SearchText.fold(text);
  }

  /**
   * What a beginning may have been meant to be: each word that the catalog does not know, and the
   * last if no word begins so, gives way to the likeliest near it.
   *
   * @param beginning folded
   * @return empty if nothing gives way
   */
  public Optional<String> correctBeginning(String beginning) {
    Vocabulary vocabulary = state.vocabulary();
    List<String> words = new ArrayList<>(List.of(beginning.split(" ", -1)));
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean last = i == words.size() - 1;
      if (!vocabulary.knows(word) && (!last || vocabulary.completions(word, 1).isEmpty())) {
        List<Vocabulary.Word> near =
            last ? vocabulary.completionsNear(word) : vocabulary.corrections(word, 1);
        words.set(i, near.isEmpty() ? word : near.getFirst().text());
      }
    }
    String corrected = String.join(" ", words);
    return corrected.equals(beginning) ? Optional.empty() : Optional.of(corrected);
  }

  /** Loads the vocabulary and the synonyms if there are others. */
  public void refresh() {
    try {
      ReadContext reads = ReadContext.eventual();
      if (store.version(reads) != state.vocabulary().version()) {
        state = new State(store.words(reads), new Synonyms(store.synonyms(reads)));
        log.info(
            "vocabulary {}: {} words", state.vocabulary().version(), state.vocabulary().size());
      }
    } catch (RoutingException e) {
      log.debug("no database to load the vocabulary from", e);
    } catch (RuntimeException e) {
      log.warn("cannot load the vocabulary; the previous one stays in use", e);
    }
  }

  @Override
  public void close() {
    periodic.close();
  }
}
