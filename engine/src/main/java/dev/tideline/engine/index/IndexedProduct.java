package dev.tideline.engine.index;

import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.text.ShopLanguage;

/**
 * A product as the index holds it.
 *
 * @param language of its texts
 * @param popularity as the job computed it last, 0 or more
 */
public record IndexedProduct(Product product, ShopLanguage language, double popularity) {}
