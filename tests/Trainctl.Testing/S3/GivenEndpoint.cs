namespace Trainctl.Testing.S3;

/// <summary>A server that somebody else runs, named by environment variables.</summary>
public static class GivenEndpoint
{
    public const string EndpointVariable = "TRAINCTL_TEST_S3_ENDPOINT";

    /// <summary>"true" where the server is known to do everything that tests ask of it.</summary>
    public const string DoesAllVariable = "TRAINCTL_TEST_S3_DOES_ALL";

    /// <returns>Null when no server is named.</returns>
    /// <exception cref="ServerUnavailableException">A server is named, but not completely.</exception>
    public static S3TestEndpoint? FromEnvironment()
    {
        if (Read(EndpointVariable) is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new ServerUnavailableException($"{EndpointVariable} is '{text}', which is not an http or https URL.");

        return new S3TestEndpoint(
            url,
            Read("AWS_REGION") ?? Read("AWS_DEFAULT_REGION") ?? "us-east-1",
            Read("AWS_ACCESS_KEY_ID") ?? throw Missing("AWS_ACCESS_KEY_ID"),
            Read("AWS_SECRET_ACCESS_KEY") ?? throw Missing("AWS_SECRET_ACCESS_KEY"),
            $"{url} given by {EndpointVariable}") { DoesAll = Read(DoesAllVariable) == "true" };
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static ServerUnavailableException Missing(string variable) =>
        new($"{EndpointVariable} is set but {variable} is not; the tests use only the keys from these variables.");
}
