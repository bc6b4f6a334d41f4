using System.Diagnostics;
using Amazon.S3.Model;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A folder and a bucket, and processes between them that can be killed. Without s5cmd what needs it is skipped, and says so.</summary>
/// <param name="backend">What moves the objects.</param>
public abstract class KillFixture(TransferBackend backend)
{
    protected const int PartSize = 5 * 1024 * 1024;

    private protected TestBucket Bucket { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; private set; } = null!;

    private protected CountingProxy Proxy { get; private set; } = null!;

    protected string Remote => $"s3://{Bucket.Name}/to/";

    protected bool IsByS5cmd => backend == TransferBackend.S5cmd;

    [SetUp]
    public async Task SetUp()
    {
        if (IsByS5cmd)
            RealS5cmd.Require();
        Bucket = await TestBucket.CreateAsync();
        Folder = new TemporaryFolder();
        Proxy = new CountingProxy(Bucket.Endpoint.Url);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (Bucket is null)
            return;
        await Proxy.DisposeAsync();
        foreach (var upload in await UploadsAsync())
            await Bucket.Client.AbortMultipartUploadAsync(Bucket.Name, upload.Key, upload.UploadId);
        Folder.Dispose();
        await Bucket.DisposeAsync();
    }

    protected async Task RunToEndAsync(string from, string to)
    {
        using var process = Start(from, to);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, error);
    }

    protected Process Start(string from, string to)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Join(AppContext.BaseDirectory, "Trainctl.TransferHost.dll"), from, to, Folder.Combine("state"), $"{PartSize}", $"{backend}"])
        {
            RedirectStandardError = true,
            WorkingDirectory = Folder.Path,
        };
        var host = Bucket.Host(Folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = Proxy.Address });
        foreach (var name in (string[])["AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"])
            start.Environment[name] = host.Environment(name);
        start.Environment["TRAINCTL_S5CMD"] = RealS5cmd.Path;
        return Process.Start(start)!;
    }

    protected async Task WriteAsync(string path, long size, int seed = 7)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Folder.Combine(path))!);
        await using var file = File.Create(Folder.Combine(path));
        var random = new Random(seed);
        var buffer = new byte[1024 * 1024];
        for (var left = size; left > 0; left -= buffer.Length)
        {
            random.NextBytes(buffer);
            await file.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
        }
    }

    /// <summary>Whether there is in a stream just what is in a file.</summary>
    protected async Task<bool> IsSameAsync(Stream stream, string path)
    {
        await using var original = File.OpenRead(Folder.Combine(path));
        var (x, y) = (new byte[1024 * 1024], new byte[1024 * 1024]);
        while (true)
        {
            var read = await original.ReadAtLeastAsync(x, x.Length, throwOnEndOfStream: false);
            if (await stream.ReadAtLeastAsync(y, y.Length, throwOnEndOfStream: false) != read || !x.AsSpan(0, read).SequenceEqual(y.AsSpan(0, read)))
                return false;
            if (read < x.Length)
                return true;
        }
    }

    /// <summary>Asked for by whole keys, because not every server lists them otherwise.</summary>
    private protected async Task<IReadOnlyList<MultipartUpload>> UploadsAsync()
    {
        var found = new List<MultipartUpload>();
        foreach (var name in Directory.Exists(Folder.Combine("from")) ? Folder.Files("from") : [])
        {
            var request = new ListMultipartUploadsRequest { BucketName = Bucket.Name, Prefix = "to/" + name };
            found.AddRange(((await Bucket.Client.ListMultipartUploadsAsync(request)).MultipartUploads ?? []).Where(u => u.Key == request.Prefix));
        }

        return found;
    }

    protected async Task AssertNothingLeftAsync(params string[] files)
    {
        var uploads = await UploadsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Folder.Files(), Is.EqualTo(files));
            Assert.That(uploads, Is.Empty);
        });
    }
}
