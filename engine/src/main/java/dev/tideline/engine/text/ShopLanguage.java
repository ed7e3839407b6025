package dev.tideline.engine.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The languages that product texts can be in. */
public enum ShopLanguage {
  EN,
  DE,
  FR,
  ES,
  IT,
  NL,
  PT,
  SV,
  DA,
  PL,
  TR,
  RU,
  SR,
  AR,
  JA,
  ZH,
  KO;

  /** The ISO 639-1 code, such as {@code en}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The language of a code, in capitals or not; a region such as in {@code pt-BR} is ignored. */
  public static Optional<ShopLanguage> of(String code) {
    String language = code.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return Arrays.stream(values()).filter(one -> one.code().equals(language)).findFirst();
  }

  /** All codes, for messages. */
  public static String codes() {
    return Arrays.stream(values()).map(ShopLanguage::code).collect(Collectors.joining(", "));
  }
}
