package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostedReplicasTest {

  @Test
  void urlOf_putsTheAddressInPlaceOfTheName() {
    HostedReplicas hosted =
        HostedReplicas.of("jdbc:postgresql://db-ro.shop.svc:5433/shop?sslmode=require");
    assertThat(hosted.host()).isEqualTo("db-ro.shop.svc");
    assertThat(hosted.urlOf(InetAddress.ofLiteral("10.1.2.3")))
        .isEqualTo("jdbc:postgresql://10.1.2.3:5433/shop?sslmode=require");
    assertThat(hosted.urlOf(InetAddress.ofLiteral("::1")))
        .isEqualTo("jdbc:postgresql://[0:0:0:0:0:0:0:1]:5433/shop?sslmode=require");
    assertThat(HostedReplicas.of("jdbc:postgresql://db/shop").urlOf(InetAddress.ofLiteral("::1")))
        .isEqualTo("jdbc:postgresql://[0:0:0:0:0:0:0:1]/shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db/shop",
        "jdbc:postgresql:shop",
        "jdbc:postgresql://a,b/shop",
        "jdbc:postgresql://[::1]/shop",
        "jdbc:postgresql://db",
        ""
      })
  void url_withoutOneHostName_isRefused(String url) {
    assertThatThrownBy(() -> HostedReplicas.of(url)).isInstanceOf(IllegalArgumentException.class);
  }
}
