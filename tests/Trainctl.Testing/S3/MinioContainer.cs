using System.Security.Cryptography;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Trainctl.Testing.S3;

/// <summary>MinIO in Docker.</summary>
internal static class MinioContainer
{
    private const string Image = "minio/minio:RELEASE.2025-09-07T16-13-09Z";
    private const int Port = 9000;

    private static readonly TimeSpan EngineLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    /// <exception cref="ServerUnavailableException">No engine answers, or it cannot run the image.</exception>
    public static async Task<S3TestServerResult> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var secretKey = RandomNumberGenerator.GetHexString(40, lowercase: true);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        IContainer? container = null;
        try
        {
            container = await FindEngineAsync(secretKey, limit.Token);
            await container.StartAsync(limit.Token);
            var url = new UriBuilder("http", container.Hostname, container.GetMappedPublicPort(Port)).Uri;
            log($"Started MinIO in Docker on {url}");
            return S3TestServerResult.Running(
                new S3TestEndpoint(url, "us-east-1", "trainctl", secretKey, $"MinIO in Docker on {url}"),
                container.DisposeAsync);
        }
        catch (Exception exception)
        {
            if (container is not null)
                await container.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ServerUnavailableException($"Docker cannot run MinIO: {Reason(exception)}", exception);
        }
    }

    /// <summary>Building asks the engine for its version, blocks, and has no limit worth the name when the engine hangs.</summary>
    private static async Task<IContainer> FindEngineAsync(string secretKey, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => Build(secretKey), cancellationToken).WaitAsync(EngineLimit, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The engine did not answer within {EngineLimit.TotalSeconds} s.", exception);
        }
    }

    private static IContainer Build(string secretKey) =>
        new ContainerBuilder(Image)
            .WithCommand("server", "/data")
            .WithEnvironment("MINIO_ROOT_USER", "trainctl")
            .WithEnvironment("MINIO_ROOT_PASSWORD", secretKey)
            .WithEnvironment("MINIO_REGION", "us-east-1")
            .WithPortBinding(Port, assignRandomHostPort: true)
            .WithWaitStrategy(Wait.ForUnixContainer()
                .UntilHttpRequestIsSucceeded(request => request.ForPath("/minio/health/ready").ForPort(Port)))
            .Build();

    /// <summary>
    /// Testcontainers wraps what the engine answered, often in several layers, and its outermost message gives the same advice for every
    /// cause.
    /// </summary>
    private static string Reason(Exception exception)
    {
        var start = exception is DockerUnavailableException { InnerException: { } cause } ? cause : exception;
        return string.Join(" / ", Messages(start).Distinct());
    }

    private static IEnumerable<string> Messages(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: var causes })
            return causes.SelectMany(Messages);
        var message = exception.Message.Trim().ReplaceLineEndings(" ");
        return exception.InnerException is { } inner ? Messages(inner).Prepend(message) : [message];
    }
}
