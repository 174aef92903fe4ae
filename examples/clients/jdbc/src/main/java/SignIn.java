import java.sql.DriverManager;
import java.sql.SQLException;

/** Signs in to PostgreSQL with the managed identity of this machine, and says who that is. */
public final class SignIn {
    public static void main(String[] arguments) throws SQLException {
        // The connection string names the sign-in plug-in and the identity; there is no password to give.
        var connectionString = System.getenv("POSTGRES_CONNECTION");
        var query = "select session_user, current_database()";
        try (var connection = DriverManager.getConnection(connectionString);
                var rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            System.out.printf("signed in as %s to %s%n", rows.getString(1), rows.getString(2));
        }
    }
}
