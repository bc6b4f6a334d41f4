using Amazon.Runtime;
using Amazon.S3;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.Cli.Tests;

/// <summary>Runs the installed tool in a folder of its own, with a bucket of its own on a real server.</summary>
internal sealed class ToolRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _environment;

    private ToolRun(S3TestEndpoint endpoint) => _environment = new()
    {
        ["AWS_ENDPOINT_URL_S3"] = endpoint.Url.ToString(),
        ["AWS_REGION"] = endpoint.Region,
        ["AWS_ACCESS_KEY_ID"] = endpoint.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = endpoint.SecretKey,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["NO_COLOR"] = "1",
    };

    public TemporaryFolder Folder => _folder;

    public string Bucket { get; } = "trainctl-cli-" + Guid.NewGuid().ToString("n");

    public static async Task<ToolRun> CreateAsync()
    {
        var endpoint = await S3TestServer.RequireAsync();
        var run = new ToolRun(endpoint);
        using var client = new AmazonS3Client(
            new BasicAWSCredentials(endpoint.AccessKey, endpoint.SecretKey),
            new AmazonS3Config { ServiceURL = endpoint.Url.ToString(), AuthenticationRegion = endpoint.Region, ForcePathStyle = true });
        await client.PutBucketAsync(run.Bucket);
        return run;
    }

    /// <summary>Runs a line as it stands in the documentation; the bucket's name is put in.</summary>
    public async Task<BufferedCommandResult> LineAsync(string line, CancellationToken cancellationToken = default)
    {
        var arguments = line.Replace("s3://bucket/", $"s3://{Bucket}/", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(arguments[0], Is.EqualTo("trainctl"));
        return await CliWrap.Cli.Wrap(InstalledTool.Command).WithArguments(arguments[1..]).WithWorkingDirectory(_folder.Path).WithEnvironmentVariables(_environment)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
