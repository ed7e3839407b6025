package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.words.Vocabulary;
import dev.tideline.engine.words.Vocabulary.Word;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WordHighlighterTest {

  private static final Vocabulary WORDS =
      new Vocabulary(
          1,
          10,
          5,
          List.of(
              new Word("lamps", "lamp", 1, 2),
              new Word("lamp", "lamp", 1, 2),
              new Word("13inch", "13inch", 1, 1)));

  private static Optional<String> mark(String text, String... words) {
    return new WordHighlighter(WORDS, List.of(words), Optional.empty()).mark(text);
  }

  @Test
  void mark_otherFormOfTheWord_isMarkedAsItStands() {
    assertThat(mark("Brass LAMPS, two", "lamp")).contains("Brass <mark>LAMPS</mark>, two");
  }

  @Test
  void mark_accentsApostrophesAndUnits_areNoHindrance() {
    assertThat(mark("Café chairs", "cafe")).contains("<mark>Café</mark> chairs");
    assertThat(mark("Women's coat", "womens")).contains("<mark>Women's</mark> coat");
    assertThat(mark("Laptop 13 inch", "13inch")).contains("Laptop <mark>13 inch</mark>");
  }

  @Test
  void mark_markup_isEscaped() {
    assertThat(mark("<b>lamp</b> & \"x\"", "lamp"))
        .contains("&lt;b&gt;<mark>lamp</mark>&lt;/b&gt; &amp; &quot;x&quot;");
  }

  @Test
  void mark_nothingFound_isEmpty() {
    assertThat(mark("Brass chair", "lamp")).isEmpty();
  }

  @Test
  void snippet_longText_isCutAroundTheWord() {
    String text = "word ".repeat(100) + "lamp " + "tail ".repeat(100);
    String snippet =
        new WordHighlighter(WORDS, List.of("lamp"), Optional.empty()).snippet(text).orElseThrow();
    assertThat(snippet).startsWith("… ").endsWith(" …").contains("<mark>lamp</mark>");
    assertThat(snippet.length()).isLessThan(220);
  }

  @Test
  void mark_beginning_marksWordsThatBeginSo() {
    assertThat(new WordHighlighter(WORDS, List.of(), Optional.of("lam")).mark("Two lamps"))
        .contains("Two <mark>lamps</mark>");
  }
}
