using System.Collections.Concurrent;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>A folder and a bucket, and two ways between them: one that fails as the seed says, and one that does not.</summary>
internal sealed class FaultScene : IAsyncDisposable
{
    private const string Prefix = "data";
    private readonly SceneLog _log = new();

    private FaultScene(TestBucket bucket, int seed, TransferBackend backend)
    {
        Bucket = bucket;
        Transfer = SmallParts with { Backend = backend };
        Random = new Random(seed);
        Schedule = new FaultSchedule(seed);
        Proxy = new FaultProxy(bucket.Endpoint.Url, bucket.Endpoint.SecretKey) { PageSize = 7, Decide = Decide };
    }

    public static TransferSettings SmallParts { get; } = new() { Backend = TransferBackend.BuiltIn, PartSizeBytes = 5 * 1024 * 1024 };

    public TestBucket Bucket { get; }

    /// <summary>Small parts too, moved by what the scene is about.</summary>
    public TransferSettings Transfer { get; }

    public TemporaryFolder Folder { get; } = new();

    public FaultProxy Proxy { get; }

    public FaultSchedule Schedule { get; set; }

    public Random Random { get; }

    /// <summary>The prefix that everything is below.</summary>
    public ObjectUrl Remote => Bucket.Url(Prefix);

    public TrainctlEngine Direct => new(Host(endpoint: null));

    public TrainctlEngine Faulty => new(Host(Proxy.Address) with { Log = _log });

    /// <summary>Whether an answer that says something about objects, or an object that says something about a checkpoint, was damaged.</summary>
    public bool IsGarbled { get; private set; }

    /// <summary>What the engine warned of on the faulty way.</summary>
    public IReadOnlyCollection<string> Warnings => _log.Warnings;

    /// <summary>
    /// Unfinished uploads that may be left: those that the engine warned of, and those that it cannot know of, because the answer that named them was lost.
    /// </summary>
    public int UploadsToldOf =>
        _log.Warnings.Count(static w => w.Contains("unfinished upload", StringComparison.Ordinal) || w.Contains("uploads that s5cmd did not finish", StringComparison.Ordinal))
        + Proxy.Traffic.Of(S3RequestKind.BeginUpload).Faults;

    /// <summary>Unfinished uploads of the files that are uploaded.</summary>
    public Task<int> UnfinishedUploadsAsync() => Bucket.UnfinishedUploadsAsync(Files("from").Keys.Select(static key => $"{Prefix}/{key}"));

    /// <summary>Without s5cmd what needs it is skipped, and says so.</summary>
    public static async Task<FaultScene> CreateAsync(int seed, TransferBackend backend = TransferBackend.BuiltIn)
    {
        if (backend == TransferBackend.S5cmd)
            RealS5cmd.Require();
        return new(await TestBucket.CreateAsync(), seed, backend);
    }

    /// <summary>Runs on the faulty way. Fails the test when what is thrown is not for a user, or what is reported is not what is thrown for.</summary>
    public static async Task<FaultyRun<T>> TryAsync<T>(Func<Task<T>> operation)
        where T : Report
    {
        try
        {
            var report = await operation();
            return new FaultyRun<T>(report, null);
        }
        catch (TrainctlException exception)
        {
            return new FaultyRun<T>(null, exception);
        }
    }

    /// <summary>Makes sure that s5cmd had something to do exactly where it was asked for; a run that ends in an error may not have come so far.</summary>
    public void AssertBackend<T>(FaultyRun<T> run)
        where T : Report
    {
        if (run.Report is not null)
            Assert.That(_log.Facts.Any(static f => f.StartsWith("s5cmd ", StringComparison.Ordinal)), Is.EqualTo(Transfer.Backend == TransferBackend.S5cmd));
    }

    /// <summary>What went wrong on the way and what came of it, for whoever reads of a failed test.</summary>
    public string Story<T>(FaultyRun<T> run)
        where T : Report => string.Join('\n', [
            .. Proxy.Traffic.Faults,
            $"{Proxy.Traffic.Total}",
            run.Failure?.ToDisplayString() ?? string.Join('\n', run.Failed.Select(static o => $"{o.Action} {o.Key}: {o.ErrorCode} {o.Error}")),
            $"exit code {run.ExitCode}",
        ]);

    public byte[] Content(int length)
    {
        var content = new byte[length];
#pragma warning disable CA5394 // Do not use insecure randomness: a test must be repeatable
        Random.NextBytes(content);
#pragma warning restore CA5394
        return content;
    }

    /// <summary>Writes a file with a time of its own.</summary>
    public void Write(string path, byte[] content, DateTime? time = null)
    {
        Folder.Write(path, "");
        File.WriteAllBytes(Folder.Combine(path), content);
        File.SetLastWriteTimeUtc(Folder.Combine(path), time ?? new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc));
    }

    /// <summary>Every file below a folder, temporary ones too.</summary>
    public Dictionary<string, byte[]> Files(string below) => Directory.Exists(Folder.Combine(below))
        ? Folder.Files(below).ToDictionary(static f => f, f => File.ReadAllBytes(Folder.Combine($"{below}/{f}")), StringComparer.Ordinal)
        : [];

    /// <summary>Every object below the prefix, asked for directly.</summary>
    public async Task<Dictionary<string, byte[]>> ObjectsAsync()
    {
        await using var store = Bucket.Open(Prefix);
        var objects = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(new ListRequest()))
        {
            await using var stream = await store.OpenReadAsync(found.Key);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content);
            objects.Add(found.Key, content.ToArray());
        }

        return objects;
    }

    public async ValueTask DisposeAsync()
    {
        Folder.Dispose();
        await Proxy.DisposeAsync();
        await Bucket.DisposeAsync();
    }

    private EngineHost Host(string? endpoint) => Bucket.Host(
        Folder.Path,
        new() { ["AWS_ENDPOINT_URL_S3"] = endpoint, ["TRAINCTL_S5CMD"] = Transfer.Backend == TransferBackend.S5cmd ? RealS5cmd.Path : null });

    private Fault? Decide(S3Request request)
    {
        var fault = Schedule.Decide(request);
        IsGarbled |= fault?.Kind == FaultKind.FlipAnswer && (request.Kind != S3RequestKind.Get || request.Key.EndsWith(".json", StringComparison.Ordinal));
        return fault;
    }

    private sealed class SceneLog : ITrainctlLog
    {
        public ConcurrentQueue<string> Warnings { get; } = [];

        public ConcurrentQueue<string> Facts { get; } = [];

        public void Debug(string message)
        {
        }

        public void Info(string message) => Facts.Enqueue(message);

        public void Warning(string message) => Warnings.Enqueue(message);
    }
}

/// <summary>How an operation on the faulty way ended: with a report or with an error.</summary>
internal sealed record FaultyRun<T>(T? Report, TrainctlException? Failure)
    where T : Report
{
    /// <summary>
    /// Errors that the way to a store may end in, and what is kept back because something else failed or could not be read. All others would blame something else.
    /// </summary>
    private static readonly TrainctlError[] Blameless =
        [TrainctlError.StoreUnavailable, TrainctlError.ChecksumMismatch, TrainctlError.ObjectsFailed, TrainctlError.UnreadablePointer];

    /// <summary>What may come of an answer that was damaged and still looks like one, or that does not.</summary>
    private static readonly TrainctlError[] Garbled =
        [TrainctlError.StoreRejected, TrainctlError.ObjectNotFound, TrainctlError.ChangedDuringTransfer, TrainctlError.Drift];

    public IEnumerable<ObjectOutcome> Done => Report?.Objects.Where(static o => o.Result == OutcomeResult.Done) ?? [];

    public IEnumerable<ObjectOutcome> Failed => Report?.Objects.Where(static o => o.Error is not null) ?? [];

    public int ExitCode => Failure?.ExitCode ?? Report!.ExitCode;

    /// <summary>Whether everything is said to be done.</summary>
    public bool IsSuccess => ExitCode == ErrorCatalog.Success;

    /// <summary>Errors have a code, a reason that a person can read, and the exit code that goes with them.</summary>
    /// <param name="isGarbled">Whether answers about objects were damaged.</param>
    public void AssertHonest(bool isGarbled)
    {
        var allowed = Blameless.Concat(isGarbled ? Garbled : []).Select(ErrorCatalog.Code).ToArray();
        foreach (var (code, text) in Failed.Select(static o => (o.ErrorCode, o.Error)).Append((Failure?.Code ?? allowed[0], Failure?.Message)))
        {
            Assert.That(code, Is.AnyOf(allowed), text);
            Assert.That(text ?? "", Does.Not.Contain(" at Trainctl.").And.Not.Contain("Exception"));
        }

        if (Report is null)
            return;
        if (Failed.Any())
            Assert.That(Report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        if (!IsSuccess)
            Assert.That(FailureSummary.Of(Report), Does.StartWith("TRAINCTL"), "a run that fails says why");
    }
}
