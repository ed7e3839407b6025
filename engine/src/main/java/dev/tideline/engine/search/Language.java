package dev.tideline.engine.search;

import dev.tideline.routing.ReadContext;
import dev.tideline.routing.RoutingException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
  record State(Vocabulary vocabulary, Synonyms synonyms) {}

  private final VocabularyStore store;
  private final Thread thread;
  private volatile State state = new State(Vocabulary.EMPTY, Synonyms.NONE);

  private Language(VocabularyStore store) {
    this.store = store;
    refresh();
    this.thread = Thread.ofVirtual().name("vocabulary").start(this::keepFresh);
  }

  /** Loads what there is; without a database it starts empty and looks again. */
  public static Language open(VocabularyStore store) {
    return new Language(store);
  }

  State state() {
    return state;
  }

  private void keepFresh() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        TimeUnit.NANOSECONDS.sleep(LOOK_INTERVAL.toNanos());
        refresh();
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
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
      log.warn("cannot load the vocabulary, going on with the one there is", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
