package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.postgresql.PGProperty;

final class DriverCacheTest {

  @Test
  void driverProperties_boundWhatTheDriverKeepsOfStatements() {
    Properties properties = NodeConnector.driverProperties(Duration.ofSeconds(1));
    assertThat(PGProperty.PREPARED_STATEMENT_CACHE_SIZE_MIB.getOrDefault(properties))
        .isEqualTo("1");
    assertThat(PGProperty.DATABASE_METADATA_CACHE_FIELDS_MIB.getOrDefault(properties))
        .isEqualTo("1");
  }
}
