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
    private readonly WarningLog _log = new();

    private FaultScene(TestBucket bucket, int seed)
    {
        Bucket = bucket;
        Random = new Random(seed);
        Schedule = new FaultSchedule(seed);
        Proxy = new FaultProxy(bucket.Endpoint.Url, bucket.Endpoint.SecretKey) { PageSize = 7, Decide = request => Schedule.Decide(request) };
    }

    public static TransferSettings SmallParts { get; } = new() { Backend = TransferBackend.BuiltIn, PartSizeBytes = 5 * 1024 * 1024 };

    public TestBucket Bucket { get; }

    public TemporaryFolder Folder { get; } = new();

    public FaultProxy Proxy { get; }

    public FaultSchedule Schedule { get; set; }

    public Random Random { get; }

    /// <summary>The prefix that everything is below.</summary>
    public ObjectUrl Remote => Bucket.Url(Prefix);

    public TrainctlEngine Direct => new(Bucket.Host(Folder));

    public TrainctlEngine Faulty => new(Bucket.Host(Folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = Proxy.Address }) with { Log = _log });

    /// <summary>What the engine warned of on the faulty way.</summary>
    public IReadOnlyCollection<string> Warnings => _log.Warnings;

    public static async Task<FaultScene> CreateAsync(int seed) => new(await TestBucket.CreateAsync(), seed);

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

    /// <summary>Prints what went wrong on the way and what came of it, for whoever reads of a failed test.</summary>
    public void Tell<T>(FaultyRun<T> run)
        where T : Report
    {
        foreach (var fault in Proxy.Traffic.Faults)
            TestContext.Out.WriteLine(fault);
        TestContext.Out.WriteLine($"=> {Proxy.Traffic.Total}; exit code {run.ExitCode}; {run.Failure?.ToDisplayString() ?? string.Join('\n', run.Failed)}");
    }

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

    private sealed class WarningLog : ITrainctlLog
    {
        public ConcurrentQueue<string> Warnings { get; } = [];

        public void Debug(string message)
        {
        }

        public void Info(string message)
        {
        }

        public void Warning(string message) => Warnings.Enqueue(message);
    }
}

/// <summary>How an operation on the faulty way ended: with a report or with an error.</summary>
internal sealed record FaultyRun<T>(T? Report, TrainctlException? Failure)
    where T : Report
{
    /// <summary>Errors that the way to a store may end in; all others would blame something else.</summary>
    private static readonly TrainctlError[] Blameless = [TrainctlError.StoreUnavailable, TrainctlError.ChecksumMismatch];

    public IEnumerable<ObjectOutcome> Done => Report?.Objects.Where(static o => o.Result == OutcomeResult.Done) ?? [];

    public IEnumerable<ObjectOutcome> Failed => Report?.Objects.Where(static o => o.Error is not null) ?? [];

    public int ExitCode => Failure?.ExitCode ?? Report!.ExitCode;

    /// <summary>Whether everything is said to be done.</summary>
    public bool IsSuccess => ExitCode == ErrorCatalog.Success;

    /// <summary>Errors have a code, a reason that a person can read, and the exit code that goes with them.</summary>
    public void AssertHonest()
    {
        var allowed = Blameless.Select(ErrorCatalog.Code).ToArray();
        if (Failure is not null)
        {
            Assert.That(allowed, Does.Contain(Failure.Code), Failure.ToString());
            Assert.That(Failure.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure).Or.EqualTo(ErrorCatalog.IntegrityFailure));
            Assert.That(Failure.Message, Does.Not.Contain(" at Trainctl.").And.Not.Contain("Exception"));
            return;
        }

        foreach (var failed in Failed)
        {
            Assert.That(failed.Result, Is.EqualTo(OutcomeResult.Failed).Or.EqualTo(OutcomeResult.Refused));
            Assert.That(allowed, Does.Contain(failed.ErrorCode), failed.ToString());
            Assert.That(failed.Error, Does.Not.Contain(" at Trainctl.").And.Not.Contain("Exception"));
        }

        if (Failed.Any())
            Assert.That(Report!.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        if (Report!.ExitCode != ErrorCatalog.Success)
            Assert.That(FailureSummary.Of(Report), Does.StartWith("TRAINCTL"), "a run that fails says why");
    }
}
