package dev.tideline.embedded.postgres;

/**
 * Passwords of the roles in a fleet's databases.
 *
 * @param admin password of {@link #ADMIN}, the superuser
 * @param application password of {@link #APPLICATION}, the owner of the shop's database
 * @param replication password of {@link #REPLICATION}, which replicas stream as
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
