using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A folder and a bucket, and between them a network that counts the parts that are asked for and can stop a run before one of them.</summary>
internal sealed partial class PartedScene : IAsyncDisposable, ITrainctlLog
{
    public const int PartSize = 5 * 1024 * 1024;

    private readonly TestBucket _bucket;
    private readonly FaultProxy _proxy;
    private readonly List<string> _requests = [];
    private readonly List<string> _said = [];

    private PartedScene(TestBucket bucket)
    {
        _bucket = bucket;
        _proxy = new FaultProxy(bucket.Endpoint.Url)
        {
            Decide = request =>
            {
                // What a run was stopped before must not get there all the same.
                if (Note(request.Head.ToString()))
                    return new Fault(FaultKind.ResetRequest);
                return Fails(request.Head.StartLine) ? new Fault(FaultKind.CutAnswer) : null;
            },
        };
        State = Folder.Combine("state");
    }

    public TemporaryFolder Folder { get; } = new();

    public TestBucket Bucket => _bucket;

    public string? State { get; set; }

    public TransferSettings Transfer { get; set; } = new() { Backend = TransferBackend.BuiltIn, PartSizeBytes = PartSize, PartConcurrency = 1 };

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What requests are signed with; null for what the server knows.</summary>
    public string? Secret { get; set; }

    /// <summary>The session that signs; null for none.</summary>
    public string? Token { get; set; }

    /// <summary>Which requests get no answer, by their first line.</summary>
    public Func<string, bool> Fails { get; set; } = static _ => false;

    /// <summary>All that the runs said, in any tone.</summary>
    public string Said => string.Join('\n', _said);

    public static async Task<PartedScene> CreateAsync() => new(await TestBucket.CreateAsync());

    /// <summary>Writes a file with bytes of its own.</summary>
    public byte[] Write(string path, int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        Directory.CreateDirectory(Path.GetDirectoryName(Folder.Combine(path))!);
        File.WriteAllBytes(Folder.Combine(path), content);
        return content;
    }

    public Task<SyncReport> UploadAsync(CancellationToken cancellationToken = default) => CopyAsync("big", $"s3://{_bucket.Name}/to/big", cancellationToken);

    public Task<SyncReport> DownloadAsync(CancellationToken cancellationToken = default) => CopyAsync($"s3://{_bucket.Name}/to/big", "back/big", cancellationToken);

    public Task<SyncReport> SyncAsync(string from, string to) => Engine.SyncAsync(
        new SyncSettings { Source = ObjectUrl.Parse(from), Destination = ObjectUrl.Parse(to), Transfer = Transfer });

    public Task<StageDataReport> StageAsync() => Engine.StageDataAsync(
        new StageDataSettings { Source = ObjectUrl.Parse($"s3://{_bucket.Name}/to/"), Destination = ObjectUrl.Parse("back"), LockFile = "data.lock", Transfer = Transfer });

    public async Task UploadUntilAsync(int part) => await StopBeforeAsync(UploadAsync, $"PUT {part}");

    public async Task DownloadUntilAsync(int part) => await StopBeforeAsync(DownloadAsync, $"GET {part}");

    /// <summary>The part that was asked for last; null for none.</summary>
    public string? LastRequest
    {
        get
        {
            lock (_requests)
                return _requests.LastOrDefault();
        }
    }

    /// <summary>The parts that were asked for since the last time, as <c>PUT 1</c> or <c>GET 1</c>.</summary>
    public string[] Requests()
    {
        lock (_requests)
        {
            string[] all = [.. _requests.Order(StringComparer.Ordinal)];
            _requests.Clear();
            return all;
        }
    }

    public async Task<byte[]> StoredAsync()
    {
        await using var store = _bucket.Open("to");
        await using var stream = await store.OpenReadAsync("big");
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    public string[] States() => Directory.Exists(Folder.Combine("state")) ? Folder.Files("state") : [];

    public async Task<IReadOnlyList<MultipartUpload>> UploadsAsync() =>
        (await _bucket.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket.Name, Prefix = "to/big" })).MultipartUploads ?? [];

    /// <summary>Nothing is there but what is to be there.</summary>
    public async Task AssertNothingLeftAsync(params string[] files)
    {
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(Folder.Files(), Is.EquivalentTo(files), Said);
            Assert.That(await UploadsAsync(), Is.Empty, Said);
        });
    }

    public void Debug(string message) => Say(message);

    public void Info(string message) => Say("Info: " + message);

    public void Warning(string message) => Say("Warning: " + message);

    public async ValueTask DisposeAsync()
    {
        foreach (var upload in await UploadsAsync())
            await _bucket.Client.AbortMultipartUploadAsync(_bucket.Name, upload.Key, upload.UploadId);
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
        Folder.Dispose();
    }

    private TrainctlEngine Engine => new(_bucket.Host(Folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address, ["AWS_SECRET_ACCESS_KEY"] = Secret, ["AWS_SESSION_TOKEN"] = Token }) with { StateDirectory = State, Log = this, Time = Time });

    private CancellationTokenSource? _stop;

    private string? _stopAt;

    private Task<SyncReport> CopyAsync(string from, string to, CancellationToken cancellationToken) => Engine.CopyAsync(
        new CopySettings { Source = ObjectUrl.Parse(from), Destination = ObjectUrl.Parse(to), Transfer = Transfer }, cancellationToken);

    private async Task StopBeforeAsync(Func<CancellationToken, Task<SyncReport>> run, string request)
    {
        using var stop = new CancellationTokenSource();
        (_stop, _stopAt) = (stop, request);
        await Assert.CatchAsync<OperationCanceledException>(() => run(stop.Token));
        (_stop, _stopAt) = (null, null);
        Requests();
    }

    /// <summary>Whether the run is stopped now.</summary>
    private bool Note(string head)
    {
        var part = PartNumber().Match(head);
        var range = ByteOffset().Match(head);
        var request = part.Success && head.StartsWith("PUT", StringComparison.Ordinal) ? "PUT " + part.Groups[1].Value
            : range.Success ? string.Create(CultureInfo.InvariantCulture, $"GET {(long.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture) / Transfer.LargestWhole) + 1}")
            : null;
        if (request is null)
            return false;
        lock (_requests)
            _requests.Add(request);
        if (request != _stopAt)
            return false;
        _stop!.Cancel();
        return true;
    }

    private void Say(string message)
    {
        lock (_said)
            _said.Add(message);
    }

    [GeneratedRegex("partNumber=([0-9]+)")]
    private static partial Regex PartNumber();

    [GeneratedRegex("(?im)^Range: bytes=([0-9]+)-")]
    private static partial Regex ByteOffset();
}
