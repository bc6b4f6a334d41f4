using NUnit.Framework;

namespace Trainctl.Testing.S3;

/// <summary>
/// The one real S3 server of this process, started when first asked for: a server given by hand, else MinIO in Docker, else Ceph's gateway
/// as plain processes.
/// </summary>
public static class S3TestServer
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Uri, Task<ServerAbility>> Abilities = [];
    private static Task<S3TestServerResult>? current;
    private static CancellationTokenSource? stopping;

    /// <summary>
    /// The server, or why there is none. Every caller gets the same one, until <see cref="StopAsync"/>; cancelling stops the caller's wait
    /// only, because others may wait for the same start.
    /// </summary>
    /// <param name="log">Told about slow steps, such as packages being installed; only the first caller's is used.</param>
    /// <param name="isEncrypted">Whether a server that is started is to speak TLS, which Ceph's alone does; only the first caller's counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<S3TestServerResult> GetAsync(Action<string>? log = null, bool isEncrypted = false, CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            if (current is null)
            {
                stopping = new CancellationTokenSource();
                var token = stopping.Token;
                current = Task.Run(() => S3ServerSearch.RunAsync(log ?? (_ => { }), isEncrypted, token), CancellationToken.None);
            }

            return current.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The server; without one the test is ignored with the reason, and fails where the variable CI says so.</summary>
    /// <exception cref="IgnoreException">There is no server.</exception>
    /// <exception cref="AssertionException">There is no server, and CI is <c>true</c>.</exception>
    public static async Task<S3TestEndpoint> RequireAsync(CancellationToken cancellationToken = default)
    {
        var result = await GetAsync(TestContext.Progress.WriteLine, cancellationToken: cancellationToken);
        if (result.IsAvailable)
            return result.Endpoint;
        if (ContinuousIntegration.IsOn)
            throw new AssertionException($"CI is set, so tests against a real S3 server may not be skipped. {result.Problem}");
        throw new IgnoreException(result.Problem);
    }

    /// <summary>
    /// The server, where it does what a test needs. On one that does not, the test is ignored with the reason: such a server was given, or came by Docker. The one
    /// that tests start themselves has to do everything.
    /// </summary>
    /// <exception cref="IgnoreException">There is no server, or it lacks something.</exception>
    /// <exception cref="AssertionException">There is no server, and CI is <c>true</c>.</exception>
    public static async Task<S3TestEndpoint> RequireAsync(ServerAbility needed, CancellationToken cancellationToken = default)
    {
        var endpoint = await RequireAsync(cancellationToken);
        if ((needed & ~await AbilitiesAsync(endpoint)) is not ServerAbility.None and var lacking)
            throw new IgnoreException($"{endpoint.Description} does not do what this test is about: {lacking}.");
        return endpoint;
    }

    /// <summary>What a server does, asked once.</summary>
    public static Task<ServerAbility> AbilitiesAsync(S3TestEndpoint endpoint)
    {
        if (endpoint.DoesAll)
            return Task.FromResult(ServerAbility.All);
        lock (Gate)
        {
            if (!Abilities.TryGetValue(endpoint.Url, out var asked))
                Abilities[endpoint.Url] = asked = AbilityProbe.AskAsync(endpoint);
            return asked;
        }
    }

    /// <summary>Stops the server if this process started one, and waits until its processes and files are gone.</summary>
    public static async Task StopAsync()
    {
        Task<S3TestServerResult>? stopped;
        lock (Gate)
        {
            stopped = current;
            current = null;
            stopping?.Cancel();
        }

        if (stopped is null)
            return;
        try
        {
            await using var result = await stopped;
        }
        catch (OperationCanceledException)
        {
            // Stopped while starting: the start has cleaned up after itself.
        }
    }
}
