package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import dev.tideline.routing.sql.SqlCatalog.Keywords;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The catalog of a database with {@link JudgedStatements#SCHEMA}, as a real server gave it, so that
 * statements can be judged without one. {@link SqlClassifierIT} compares it with the server's. A
 * line is a part of the catalog, a name, and of hazards the reason, with tabs between them.
 */
final class RecordedCatalog {

  static final Path FILE = Path.of("src/test/resources/dev/tideline/routing/sql/catalog.tsv");

  private final Map<String, Set<String>> names = new HashMap<>();
  private final Map<String, Reason> hazards = new HashMap<>();

  private RecordedCatalog() {}

  static SqlCatalog read() {
    RecordedCatalog recorded = new RecordedCatalog();
    try (InputStream in = RecordedCatalog.class.getResourceAsStream("catalog.tsv")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(recorded::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return recorded.catalog();
  }

  private void add(String line) {
    String[] parts = line.split("\t", -1);
    if (parts[0].equals("hazard")) {
      hazards.put(parts[1], Reason.valueOf(parts[2]));
    } else {
      names.computeIfAbsent(parts[0], part -> new HashSet<>()).add(parts[1]);
    }
  }

  private SqlCatalog catalog() {
    return new SqlCatalog(
        of("function"),
        of("volatile"),
        of("relation"),
        Map.copyOf(hazards),
        of("varying"),
        of("operator"),
        false,
        new Keywords(of("reserved"), of("syntax"), of("function or type")),
        true);
  }

  private Set<String> of(String part) {
    return Set.copyOf(names.getOrDefault(part, Set.of()));
  }

  /** Records a catalog; for who has changed the schema or the version of PostgreSQL. */
  static void write(SqlCatalog catalog) throws IOException {
    List<String> lines = new ArrayList<>();
    add(lines, "function", catalog.functions());
    add(lines, "volatile", catalog.volatileFunctions());
    add(lines, "relation", catalog.relations());
    new TreeSet<>(catalog.hazards().keySet())
        .forEach(name -> lines.add("hazard\t" + name + "\t" + catalog.hazards().get(name)));
    add(lines, "varying", catalog.varying());
    add(lines, "operator", catalog.volatileOperators());
    add(lines, "reserved", catalog.keywords().reserved());
    add(lines, "syntax", catalog.keywords().ofSyntax());
    add(lines, "function or type", catalog.keywords().ofFunctions());
    Files.createDirectories(FILE.getParent());
    Files.write(FILE, lines);
  }

  private static void add(List<String> lines, String part, Set<String> names) {
    new TreeSet<>(names).forEach(name -> lines.add(part + "\t" + name));
  }
}
