namespace Trainctl.Testing.S3;

/// <summary>Tries the ways to get a server in order, and keeps the reason of each that fails.</summary>
internal static class S3ServerSearch
{
    public static async Task<S3TestServerResult> RunAsync(Action<string> log, bool isEncrypted, CancellationToken cancellationToken)
    {
        try
        {
            if (GivenEndpoint.FromEnvironment() is { } given)
                return S3TestServerResult.Running(given);
        }
        catch (ServerUnavailableException exception)
        {
            // Whoever names a server means that one: another in its place would hide the mistake.
            return S3TestServerResult.Missing($"No S3 server for the tests. {exception.Message}");
        }

        var reasons = new List<string>();
        Way ceph = (log, token) => CephCluster.StartAsync(isEncrypted, log, token);
        Way[] ways = isEncrypted ? [ceph] : [MinioContainer.StartAsync, ceph];
        foreach (var way in ways)
        {
            try
            {
                return await way(log, cancellationToken);
            }
            catch (ServerUnavailableException exception)
            {
                reasons.Add(Sentence(exception.Message));
                if (way != ways[^1])
                    log($"{reasons[^1]} Trying the next kind of S3 server");
            }
        }

        return S3TestServerResult.Missing(
            $"No S3 server for the tests. {GivenEndpoint.EndpointVariable} is not set. {string.Join(' ', reasons)} "
            + $"To run them, do one of these: set {GivenEndpoint.EndpointVariable}, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for any "
            + $"S3-compatible server; start Docker; or, on Debian or Ubuntu, run '{CephInstaller.CommandLine}'.");
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";

    private delegate Task<S3TestServerResult> Way(Action<string> log, CancellationToken cancellationToken);
}
