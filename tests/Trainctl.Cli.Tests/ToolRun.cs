using Amazon.S3;
using Amazon.S3.Model;
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

    private readonly AmazonS3Client _client;

    private ToolRun(S3TestEndpoint endpoint)
    {
        _client = endpoint.NewClient();
        _environment = new()
        {
            ["AWS_ENDPOINT_URL_S3"] = endpoint.Url.ToString(),
            ["AWS_REGION"] = endpoint.Region,
            ["AWS_ACCESS_KEY_ID"] = endpoint.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = endpoint.SecretKey,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["NO_COLOR"] = "1",
            ["TRAINCTL_STATE_DIR"] = "off",
        };
    }

    public TemporaryFolder Folder => _folder;

    /// <summary>Where the tool remembers what it did not finish; nowhere by default.</summary>
    public string StateDirectory
    {
        set => _environment["TRAINCTL_STATE_DIR"] = value;
    }

    public string Bucket { get; } = "trainctl-cli-" + Guid.NewGuid().ToString("n");

    public static async Task<ToolRun> CreateAsync()
    {
        var endpoint = await S3TestServer.RequireAsync();
        var run = new ToolRun(endpoint);
        await run._client.PutBucketAsync(run.Bucket);
        return run;
    }

    /// <summary>What the tool's next runs get; null: what this process has.</summary>
    public void SetEnvironment(string name, string? value) => _environment[name] = value;

    /// <summary>Starts the tool, for tests that send it signals.</summary>
    public RunningTool Start(params string[] arguments) =>
        RunningTool.Start(_folder.Path, _environment, [.. arguments.Select(a => a.Replace("s3://bucket/", $"s3://{Bucket}/", StringComparison.Ordinal))]);

    /// <summary>Runs a line as it stands in the documentation; the bucket's name is put in.</summary>
    public async Task<BufferedCommandResult> LineAsync(string line, CancellationToken cancellationToken = default)
    {
        var arguments = line.Replace("s3://bucket/", $"s3://{Bucket}/", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(arguments[0], Is.EqualTo("trainctl"));
        return await CliWrap.Cli.Wrap(InstalledTool.Command).WithArguments(arguments[1..]).WithWorkingDirectory(_folder.Path).WithEnvironmentVariables(_environment)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
    }

    /// <summary>The same, started by a program that takes something away from it: <c>prlimit</c>, <c>setpriv</c>.</summary>
    public async Task<BufferedCommandResult> LineUnderAsync(string[] under, string line)
    {
        var arguments = line.Replace("s3://bucket/", $"s3://{Bucket}/", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return await CliWrap.Cli.Wrap(under[0]).WithArguments([.. under[1..], InstalledTool.Command, .. arguments[1..]]).WithWorkingDirectory(_folder.Path)
            .WithEnvironmentVariables(_environment).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
    }

    public async Task<int> UnfinishedUploadsAsync(string key) => (await _client.ListMultipartUploadsAsync(Bucket, key)).MultipartUploads?.Count ?? 0;

    /// <summary>Parts that are there of an object's unfinished uploads.</summary>
    public async Task<int> UploadedPartsAsync(string key)
    {
        var parts = 0;
        foreach (var upload in (await _client.ListMultipartUploadsAsync(Bucket, key)).MultipartUploads ?? [])
            parts += (await _client.ListPartsAsync(Bucket, upload.Key, upload.UploadId)).Parts?.Count ?? 0;
        return parts;
    }

    public void Dispose()
    {
        _folder.Dispose();
        _client.Dispose();
    }
}
