package dev.tideline.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextAnalysisTest {

  private final TextAnalysis analysis = new TextAnalysis();

  /** Whether a product with a title has what a query asks for, each word of it. */
  private boolean finds(ShopLanguage language, String query, String title) {
    List<String> terms =
        analysis.occurrences(language, title).stream().map(TextAnalysis.Occurrence::term).toList();
    for (String unit : TextAnalysis.units(query)) {
      List<List<String>> paths = analysis.paths(language, unit);
      if (!paths.isEmpty() && paths.stream().noneMatch(terms::containsAll)) {
        return false;
      }
    }
    return true;
  }

  private Set<String> terms(ShopLanguage language, String text) {
    return analysis.paths(language, text).stream()
        .flatMap(Collection::stream)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "WX-7710, Printer cartridge WX-7710",
        "wx7710, Printer cartridge WX-7710",
        "wx 7710, Printer cartridge WX-7710",
        "WX-7710, Printer cartridge wx7710",
        "wx 7710, Printer cartridge WX7710",
        "7710, Printer cartridge WX7710",
        "wx.7710, Printer cartridge WX/7710",
        "256GB, Memory card 256 GB",
        "256 gb, Memory card 256GB",
        "1.75mm, Filament 1.75 mm",
        "1.75 mm, Filament 1.75mm",
        "3/4\", Pipe clamp 3/4 inch",
        "3½, Envelope 3 1/2",
        "3 1/2, Envelope 3½",
        "4K, Monitor 4 K",
        "wx7710, Cartridge WX-007710",
        "007710, Cartridge WX-7710",
        "0, Model 0",
        "-2.25, Lens −2.25",
        "13\", Sleeve 13-inch",
        "24\"x36\", Poster 24 inch x 36 inch",
        "5'8\", Board 5 ft 8 in",
        "`1000 ml`, `Bottle 1,000 ml`",
        "13 in x 9 in, Tray 13 inches x 9 inches",
        "13-inch, Sleeve 13 in",
        "6 foot, Cable 6ft",
        "6', Cable 6 feet",
        "tideline, Tideline™ lamp",
        "mugs, Mug",
        "knife, Knives of steel",
        "mouse, Mice",
        "buses, Toy bus",
        "womens, Women's shoes",
        "strasse, Straße",
        "STRAẞE, strasse",
        "lodz, Łódź poster",
        "smorrebrod, Smørrebrød",
        "aether, Æther",
        "istanbul, İSTANBUL",
        "ısparta, Isparta",
        "cafe, Café",
        "H&M, h & m dress",
        "lamp, lamp 💡",
        "かばん, 新しいかばん",
      })
  void english_finds(String query, String title) {
    assertThat(finds(ShopLanguage.EN, query, title))
        .as("%s in %s", terms(ShopLanguage.EN, query), analysis.occurrences(ShopLanguage.EN, title))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "13 inch, 13 in red",
        "6 ft, 6's",
        "3/4, 13/4/2024",
        "wx7711, WX-7710",
        "lighter, light",
        "2.5, 25",
      })
  void english_doesNotFind(String query, String title) {
    assertThat(finds(ShopLanguage.EN, query, title)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "DE, Tassen, Tasse",
        "DE, Strasse, Straßen",
        "DE, Moebel, Möbel",
        "FR, bateaux, bateau",
        "FR, chevaux, cheval",
        "FR, ecole, l'école",
        "ES, camiones, camión",
        "IT, vini, vino rosso",
        "IT, acqua, dell'acqua",
        "NL, fietsen, fiets",
        "NL, schoenen, schoen",
        "PT, livros, livro",
        "SV, koppar, kopp",
        "DA, kopper, kop",
        "PL, kubki, kubek",
        "TR, çantalar, çanta",
        "TR, ISPARTA, ısparta",
        "TR, istanbul, İstanbul'da",
        "RU, кружки, кружка",
        "SR, sljivovica, шљивовица",
        "SR, šolja, шоља",
        "AR, كتاب, كِتَابٌ",
        "AR, احمد, أحمد",
        "JA, カメラ, デジタルカメラ",
        "JA, 日本語, 日本語入力キーボード",
        "ZH, 相机, 数码相机",
        "KO, 가방, 가방을",
      })
  void language_finds(ShopLanguage language, String query, String title) {
    assertThat(finds(language, query, title))
        .as("%s in %s", analysis.paths(language, query), analysis.occurrences(language, title))
        .isTrue();
  }

  @Test
  void surface_isAsWritten() {
    assertThat(analysis.surface(ShopLanguage.EN, "Crème BRÛLÉE torches, WX-7710"))
        .containsExactly("creme", "brulee", "torches", "wx", "7710");
  }

  @Test
  void occurrences_haveTheirPlaces() {
    assertThat(analysis.occurrences(ShopLanguage.EN, "Big 13\" mugs"))
        .contains(
            new TextAnalysis.Occurrence("mug", 8, 12), new TextAnalysis.Occurrence("big", 0, 3));
  }

  @Test
  void identifier_isLettersAndDigits() {
    assertThat(TextAnalysis.identifier(" WX-7710/Ä ")).isEqualTo("wx7710a");
  }
}
