"""Signs in to PostgreSQL with the managed identity of this machine, and says who that is."""

import os

import psycopg
from azure.identity import DefaultAzureCredential

SCOPE = os.environ.get("POSTGRES_SCOPE", "https://ossrdbms-aad.database.windows.net/.default")

credential = DefaultAzureCredential()


def connect() -> psycopg.Connection:
    """A new connection, with a token that is valid now."""
    token = credential.get_token(SCOPE)
    return psycopg.connect(os.environ["POSTGRES_CONNECTION"], password=token.token)


if __name__ == "__main__":
    with connect() as connection:
        role, database = connection.execute("select session_user, current_database()").fetchone()
        print(f"signed in as {role} to {database}")
