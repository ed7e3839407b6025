package dev.tideline.embedded.postgres;

/**
 * Passwords of the roles that a fleet's databases have.
 *
 * @param admin of {@link #ADMIN}, who may do all
 * @param application of {@link #APPLICATION}, who owns the shop's database
 * @param replication of {@link #REPLICATION}, as whom replicas stream
 */
public record Credentials(String admin, String application, String replication) {

  public static final String ADMIN = "tideline_admin";
  public static final String APPLICATION = "tideline";
  public static final String REPLICATION = "tideline_replication";
  public static final String DATABASE = "tideline";

  @Override
  public String toString() {
    return "Credentials[hidden]";
  }
}
