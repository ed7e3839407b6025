package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.words.SpellingIndex;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.Vocabulary;
import dev.tideline.engine.words.Vocabulary.Word;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to a query before it reaches a database. */
final class QueryTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "  Lunch   BAG  | lunch bag",
        "ＬＵＮＣＨ | lunch",
        "ÉTÉ | ete",
        "13-inch laptop | 13inch laptop",
        "36\" table | 36inch table",
        "1,000 pieces 1.75 l | 1000 pieces 1.75 l",
        "red \"lunch bag\" -blue | red \"lunch bag\" -blue",
        "-\"steel box\" lunch | lunch -\"steel box\"",
        "rock'n'roll | rocknroll",
        "t-shirt | t shirt",
        "\"unclosed | unclosed",
        "- | ''",
        "!!! | ''",
      })
  void parse_variants_haveOneForm(String typed, String normalized) {
    assertThat(ParsedQuery.parse(typed).normalized()).isEqualTo(normalized);
  }

  @Test
  void parse_endlessQuery_isCut() {
    assertThat(ParsedQuery.parse("word ".repeat(90)).words()).hasSize(ParsedQuery.WORDS_MAX);
  }

  /** No input makes it fail, and what comes out has nothing that a tsquery would trip over. */
  @Test
  void parse_anyText_hasWordsWithoutMarks() {
    Random random = new Random(7);
    String marks = "ab1 \"-'&|!():*<>\\%_éß\u0301′”’電🛒";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder typed = new StringBuilder();
      for (int j = random.nextInt(20); j >= 0; j--) {
        typed.append(marks.charAt(random.nextInt(marks.length())));
      }
      ParsedQuery query = ParsedQuery.parse(typed.toString());
      List<String> all = new java.util.ArrayList<>(query.words());
      all.addAll(query.phrases());
      all.addAll(query.excluded());
      assertThat(all)
          .as(typed.toString())
          .allMatch(word ->
              !word.isBlank() && word.chars().noneMatch(c -> "'\\&|!():*<>".indexOf(c) >= 0));
    }
  }

  private static final Vocabulary WORDS =
      new Vocabulary(
          1,
          1_000,
          8,
          List.of(
              new Word("kitchen", "kitchen", 100, 120),
              new Word("chicken", "chicken", 10, 10),
              new Word("knife", "knife", 50, 60),
              new Word("lunch", "lunch", 40, 40),
              new Word("bag", "bag", 90, 95),
              new Word("sofa", "sofa", 20, 20),
              new Word("sofas", "sofa", 5, 20),
              new Word("the", "the", 900, 900)));

  @ParameterizedTest
  @CsvSource({
    "kitchen, kitchen, 0",
    "kitcehn, kitchen, 1",
    "kitchn, kitchen, 1",
    "kitchena, kitchen, 1",
    "kjtchem, kitchen, 2",
    "abc, xyz, 3"
  })
  void distance_isDamerausAndLevenshteins(String a, String b, int edits) {
    assertThat(SpellingIndex.distance(a, b, 5)).isEqualTo(edits);
    assertThat(SpellingIndex.distance(b, a, 5)).isEqualTo(edits);
  }

  @ParameterizedTest
  @CsvSource({
    "kitcehn, kitchen",
    "kichen, kitchen",
    "kniffe, knife",
    "kntfe, knife",
    "lunhc, lunch",
    "kjtchem, ''",
    "bog, ''",
    "k1tchen, ''"
  })
  void corrections_byLengthOneEditOrTwo(String typed, String expected) {
    List<String> found = WORDS.corrections(typed, 1).stream().map(Word::text).toList();
    assertThat(String.join(" ", found)).isEqualTo(expected);
  }

  @Test
  void vocabulary_rarityAndCompletionsAndSplits() {
    assertThat(WORDS.idf("unknown")).isGreaterThan(WORDS.idf("chicken"));
    assertThat(WORDS.idf("chicken")).isGreaterThan(WORDS.idf("kitchen"));
    assertThat(WORDS.idf("the")).isBetween(0.0, 0.2);
    assertThat(WORDS.idf("sofas")).as("counted by stem").isEqualTo(WORDS.idf("sofa"));
    assertThat(WORDS.completions("sof", 5)).extracting(Word::text).containsExactly("sofa", "sofas");
    assertThat(WORDS.split("lunchbag")).contains("lunch bag");
    assertThat(WORDS.split("kitchen")).isEmpty();
  }

  private static QueryPlan plan(String text) {
    return new QueryPlanner(WORDS, Synonyms.NONE, SearchFeatures.ALL)
        .plan(ParsedQuery.parse(text), false);
  }

  @Test
  void plan_knownWords_haveNoOtherReading() {
    assertThat(plan("the kitchen knife").readings()).isEmpty();
    assertThat(plan("the kitchen knife").groups().getFirst().required()).isFalse();
    assertThat(plan("the").groups().getFirst().required()).isTrue();
  }

  @Test
  void plan_unknownWord_isReadAsWhatIsNearIt() {
    assertThat(plan("kichen knife").readings().getFirst().words())
        .containsExactly("kitchen", "knife");
    assertThat(plan("lunchbag").readings().getFirst().words()).containsExactly("lunch", "bag");
  }

  @Test
  void cursor_comesBackAndIsCheckedAgainstTheSearch() {
    SearchQuery query = SearchQuery.of("lamp");
    SearchResult result =
        new SearchResult("lamp", Optional.empty(), Optional.empty(), 25, List.of(), Map.of());
    String cursor = Cursor.next(query, result).orElseThrow();
    assertThat(Cursor.offset(cursor, query)).isEqualTo(10);
    assertThatThrownBy(() -> Cursor.offset(cursor, SearchQuery.of("table")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Cursor.offset("§", query)).isInstanceOf(InvalidInputException.class);
    assertThat(Cursor.next(query.with(new SearchQuery.Page(10, 20)), result)).isEmpty();
  }
}
