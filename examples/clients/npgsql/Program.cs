using Azure.Core;
using Azure.Identity;
using Npgsql;

var connectionString =
    Environment.GetEnvironmentVariable("POSTGRES_CONNECTION")
    ?? throw new InvalidOperationException("POSTGRES_CONNECTION is not set; see ../README.md");
var scope =
    Environment.GetEnvironmentVariable("POSTGRES_SCOPE") ?? "https://ossrdbms-aad.database.windows.net/.default";

var credential = new DefaultAzureCredential();
var request = new TokenRequestContext([scope]);

var builder = new NpgsqlDataSourceBuilder(connectionString);
// Called for each new connection; the library keeps a token that is still valid.
builder.UsePasswordProvider(
    _ => credential.GetToken(request, CancellationToken.None).Token,
    async (_, cancellation) => (await credential.GetTokenAsync(request, cancellation)).Token);

await using var source = builder.Build();
await using var command = source.CreateCommand("select session_user::text, current_database()::text");
await using var reader = await command.ExecuteReaderAsync();
await reader.ReadAsync();
Console.WriteLine($"signed in as {reader.GetString(0)} to {reader.GetString(1)}");
