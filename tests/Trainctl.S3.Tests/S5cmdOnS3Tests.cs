using System.Diagnostics;
using System.Globalization;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.S3;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>Real s5cmd on a real server. Without s5cmd each of these tests makes sure of the refusal instead.</summary>
public sealed class S5cmdOnS3Tests
{
    private const int MebiByte = 1024 * 1024;

    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;
    private RecordedLines _log = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _log = new RecordedLines();
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Without_it_the_backend_refuses_and_says_what_to_do()
    {
        await AssertRefusalAsync();
    }

    [Test]
    public async Task Objects_are_as_the_built_in_backend_makes_them()
    {
        if (await IsMissingAsync())
            return;
        var slash = (await S3TestServer.AbilitiesAsync(_bucket.Endpoint)).HasFlag(ServerAbility.AnyKey) ? "\\" : "";
        string[] names = [$"it's \"*?[x]{slash} ünï 😀.json", "model.pt", "large.txt", "no-extension", "large-no-extension"];
        foreach (var name in names)
            Random(_folder.Combine("from"), name, name.StartsWith("large", StringComparison.Ordinal) ? 6 * MebiByte : 5);
        File.SetLastWriteTimeUtc(_folder.Combine("from/model.pt"), new DateTime(2024, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc));

        await CopyAsync(Host(), "from", Remote + "/s5cmd", partSize: 5 * MebiByte);
        await CopyAsync(Host(), "from", Remote + "/built-in", TransferBackend.BuiltIn, 5 * MebiByte);

        foreach (var name in names)
            Assert.That(await DescribeAsync("run/s5cmd/" + name), Is.EqualTo(await DescribeAsync("run/built-in/" + name)), name);
        Assert.That(_log.Lines, Has.Some.StartsWith("s5cmd 2.").And.None.Contains("does it again"));
    }

    [Test]
    public async Task An_object_in_parts_is_proven_by_its_parts()
    {
        if (await IsMissingAsync())
            return;
        var content = Random(_folder.Combine("from"), "large", (12 * MebiByte) + 3);

        var up = await CopyAsync(Host(), "from", Remote, partSize: 5 * MebiByte);
        var down = await CopyAsync(Host(), Remote, "to", partSize: 5 * MebiByte);

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(_folder.Combine("to/large")).AsSpan().SequenceEqual(content), Is.True);
            Assert.That(down.Objects[0].Checksum, Is.EqualTo(up.Objects[0].Checksum).And.Not.Null);
            Assert.That(_log.Lines, Has.None.Contains("does it again"));
        });
    }

    [Test]
    public async Task An_object_without_our_metadata_is_proven_by_its_MD5_and_one_without_any_digest_is_left_to_the_built_in_backend()
    {
        if (await IsMissingAsync())
            return;
        await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = "run/plain", ContentBody = "plain" });
        Random(_folder.Combine("parts"), "parts", 11 * MebiByte);
        Run(RealS5cmd.Path!, $"cp --part-size 5 {_folder.Combine("parts/parts")} s3://{_bucket.Name}/run/parts");

        var down = await CopyAsync(Host(), Remote, "to");

        Assert.Multiple(() =>
        {
            Assert.That(down.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Done).And.Exactly(2).Items);
            Assert.That(File.ReadAllBytes(_folder.Combine("to/parts")), Is.EqualTo(File.ReadAllBytes(_folder.Combine("parts/parts"))));
            Assert.That(_log.Lines.Where(static l => l.Contains("does it again")), Has.Exactly(1).StartsWith("'parts' is not for s5cmd").And.Exactly(1).Items);
        });
    }

    [Test]
    public async Task A_storage_class_that_the_server_does_not_know_is_told_by_the_built_in_backend()
    {
        if (await IsMissingAsync())
            return;
        _folder.Write("from/a", "some content");

        var report = await new TrainctlEngine(Host()).CopyAsync(Copy("from", Remote, TransferBackend.S5cmd, 16 * MebiByte) with { StorageClass = "NO_SUCH_CLASS" });

        Assert.That(report.Objects.Single().Error, Does.Contain("InvalidStorageClass").Or.Contain("InvalidArgument").Or.Contain("400"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "The program that tells the process of s5cmd is a shell script.")]
    public async Task One_that_is_killed_leaves_neither_uploads_nor_files_behind([Values("up", "down")] string direction)
    {
        if (await IsMissingAsync())
            return;
        var content = await LargeAsync(direction);
        var teller = _folder.Write("teller", $"#!/bin/sh\nif [ \"$1\" != version ]; then echo $$ > '{_folder.Combine("pid")}'; fi\nexec '{RealS5cmd.Path}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(teller, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var running = CopyAsync(Host(teller), From(direction), To(direction), partSize: 5 * MebiByte);
        var isUnderWay = await IsUnderWayAsync(direction, running);
        using (var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(_folder.Combine("pid")), CultureInfo.InvariantCulture)))
            process.Kill();
        var report = await running;

        var unfinished = await _bucket.UnfinishedUploadsAsync("run/large");
        if (direction == "up")
            await CopyAsync(Host(), Remote, "to", TransferBackend.BuiltIn);
        Assert.Multiple(() =>
        {
            Assert.That(isUnderWay, Is.True);
            Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Done));
            Assert.That(unfinished, Is.Zero);
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "large" }));
            Assert.That(File.ReadAllBytes(_folder.Combine("to/large")).AsSpan().SequenceEqual(content), Is.True);
            Assert.That(_log.Lines, Has.Some.Contains("does it again"));
        });
    }

    [Test]
    public async Task Cancelling_leaves_neither_uploads_nor_files_behind([Values("up", "down")] string direction)
    {
        if (await IsMissingAsync())
            return;
        await LargeAsync(direction);
        using var cancel = new CancellationTokenSource();

        var running = new TrainctlEngine(Host()).CopyAsync(Copy(From(direction), To(direction), TransferBackend.S5cmd, 5 * MebiByte), cancel.Token);
        var isUnderWay = await IsUnderWayAsync(direction, running);
        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => running);
        Assert.That(isUnderWay, Is.True);
        Assert.That(await _bucket.UnfinishedUploadsAsync("run/large"), Is.Zero);
        if (direction == "down")
            Assert.That(_folder.Files("to"), Is.Empty);
    }

    /// <summary>They are of another machine that uploads the same.</summary>
    [Test]
    public async Task Cancelling_leaves_uploads_of_others()
    {
        if (await IsMissingAsync())
            return;
        foreach (var name in (string[])["a", "b", "large"])
            Random(_folder.Combine("from"), name, 120 * MebiByte);
        using var cancel = new CancellationTokenSource();

        var running = new TrainctlEngine(Host()).CopyAsync(Copy("from", Remote, TransferBackend.S5cmd, 5 * MebiByte), cancel.Token);
        while (!running.IsCompleted && await _bucket.UnfinishedUploadsAsync("run/a", "run/b", "run/large") < 2)
            await Task.Delay(5);
        foreach (var name in (string[])["a", "b", "large"])
            await _bucket.Client.InitiateMultipartUploadAsync(_bucket.Name, "run/" + name);
        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => running);
        foreach (var name in (string[])["a", "b", "large"])
            Assert.That(await _bucket.UnfinishedUploadsAsync("run/" + name), Is.GreaterThanOrEqualTo(1), name);
    }

    /// <summary>One file, or object, that takes s5cmd some time.</summary>
    private async Task<byte[]> LargeAsync(string direction)
    {
        var content = Random(_folder.Combine("from"), "large", 120 * MebiByte);
        if (direction == "down")
            await CopyAsync(Host(), "from", Remote, TransferBackend.BuiltIn);
        return content;
    }

    private string From(string direction) => direction == "up" ? "from" : Remote;

    private string To(string direction) => direction == "up" ? Remote : "to";

    /// <summary>Waits until something of s5cmd's is at the destination, which is not the end of its work.</summary>
    private async Task<bool> IsUnderWayAsync(string direction, Task running)
    {
        Directory.CreateDirectory(_folder.Combine("to"));
        while (!running.IsCompleted)
        {
            if (direction == "up" ? await _bucket.UnfinishedUploadsAsync("run/large") > 0 : _folder.Files("to").Length > 0)
                return true;
            await Task.Delay(5);
        }

        return false;
    }

    /// <summary>Whether there is no s5cmd to try; then the refusal is what is made sure of.</summary>
    private async Task<bool> IsMissingAsync()
    {
        if (RealS5cmd.IsThere())
            return false;
        await AssertRefusalAsync();
        return true;
    }

    private async Task AssertRefusalAsync()
    {
        _folder.Write("refused/a", "a");
        var host = _bucket.Host(_folder.Path, new() { ["PATH"] = _folder.Path });

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(host, "refused", Remote)))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.ProgramUnavailable));
        Assert.That(error.Message, Does.Contain("there is no s5cmd on PATH").And.Contain("https://github.com/peak/s5cmd/releases"));
    }

    private string Remote => _bucket.Url("run").ToString();

    private EngineHost Host(string? program = null) => _bucket.Host(_folder.Path, new() { ["TRAINCTL_S5CMD"] = program ?? RealS5cmd.Path }) with { Log = _log };

    private static Task<SyncReport> CopyAsync(
        EngineHost host, string source, string destination, TransferBackend backend = TransferBackend.S5cmd, long partSize = 16 * MebiByte) =>
        new TrainctlEngine(host).CopyAsync(Copy(source, destination, backend, partSize));

    private static CopySettings Copy(string source, string destination, TransferBackend backend, long partSize) => new()
    {
        Source = source,
        Destination = destination,
        Recursive = true,
        Transfer = new TransferSettings { Backend = backend, PartSizeBytes = partSize },
    };

    private async Task<string> DescribeAsync(string key)
    {
        var head = await _bucket.Client.GetObjectMetadataAsync(_bucket.Name, key);
        return string.Join(' ', head.Metadata.Keys.Order().Select(k => $"{k}={head.Metadata[k]}"))
            + $" {head.Headers.ContentType} {head.ETag} {head.ContentLength} {head.StorageClass}";
    }

    private static byte[] Random(string folder, string name, int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Join(folder, name), content);
        return content;
    }

    private void Run(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment["S3_ENDPOINT_URL"] = _bucket.Endpoint.Url.ToString();
        start.Environment["AWS_ACCESS_KEY_ID"] = _bucket.Endpoint.AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = _bucket.Endpoint.SecretKey;
        start.Environment["AWS_REGION"] = _bucket.Endpoint.Region;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }

    private sealed class RecordedLines : ITrainctlLog
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public void Debug(string message) => Add(message);

        public void Info(string message) => Add(message);

        public void Warning(string message) => Add(message);

        private void Add(string line)
        {
            lock (_lines)
                _lines.Add(line);
        }
    }
}
