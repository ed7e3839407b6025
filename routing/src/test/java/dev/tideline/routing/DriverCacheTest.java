package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.postgresql.PGProperty;

final class DriverCacheTest {

  @Test
  void connectionProperties_boundWhatTheDriverKeepsOfStatements() {
    Properties properties = NodePool.connectionProperties(1);
    assertThat(PGProperty.PREPARED_STATEMENT_CACHE_SIZE_MIB.getOrDefault(properties))
        .isEqualTo("1");
    assertThat(PGProperty.DATABASE_METADATA_CACHE_FIELDS_MIB.getOrDefault(properties))
        .isEqualTo("1");
  }
}
