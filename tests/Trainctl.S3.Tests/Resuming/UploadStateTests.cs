namespace Trainctl.S3.Tests.Resuming;

/// <summary>What is remembered of uploads: where it is wrong, in use, old, or cannot be had.</summary>
public sealed class UploadStateTests
{
    private const int Size = (4 * PartedScene.PartSize) + 17;

    private PartedScene _scene = null!;

    [SetUp]
    public async Task SetUp() => _scene = await PartedScene.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [TestCase("")]
    [TestCase("no journal at all\n")]
    [TestCase("{\"version\":99}\n")]
    [TestCase("null\n")]
    [TestCase("{\"version\":1,\"destination\":null,\"content\":\"\",\"source\":\"\",\"size\":1,\"partSize\":1,\"startedAt\":\"2020-01-01T00:00:00Z\"}\n")]
    public async Task A_state_that_cannot_be_read_is_as_none(string damaged)
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        await File.WriteAllTextAsync(_scene.Folder.Combine("state/" + _scene.States().Single()), damaged);

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        Assert.That(_scene.States(), Is.Empty);
    }

    [Test]
    public async Task Half_a_line_at_the_end_of_a_state_costs_nothing()
    {
        _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        var journal = _scene.Folder.Combine("state/" + _scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await File.WriteAllBytesAsync(journal, remembered[..^20]);

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), _scene.Said);
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_state_that_somebody_else_has_open_is_left_to_him()
    {
        var content = _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 4);
        var journal = _scene.Folder.Combine("state/" + _scene.States().Single());
        await using (new FileStream(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var report = await _scene.UploadAsync();

            Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
            Assert.That(_scene.Requests(), Has.Length.EqualTo(5), _scene.Said);
            Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
            Assert.That(await _scene.UploadsAsync(), Has.Count.EqualTo(1), "the other's");
        }
    }

    [Test]
    public async Task An_upload_whose_name_was_never_learnt_is_removed()
    {
        _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 2);
        var journal = _scene.Folder.Combine("state/" + _scene.States().Single());
        var head = (await File.ReadAllLinesAsync(journal))[0];
        await _scene.UploadAsync();
        // As it is when the process dies after the store has begun the upload, and before its answer arrives.
        await _scene.Bucket.Client.InitiateMultipartUploadAsync(_scene.Bucket.Name, "to/big");
        await File.WriteAllTextAsync(journal, head + "\n");

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        await _scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_state_directory_that_cannot_be_had_costs_only_the_resuming()
    {
        var content = _scene.Write("big", Size, 1);
        _scene.State = _scene.Folder.Write("state", "a file");

        var report = await _scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That((await _scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await _scene.AssertNothingLeftAsync("big", "state");
    }

    [Test]
    public async Task What_nobody_went_on_with_is_removed_after_a_week()
    {
        _scene.Write("big", Size, 1);
        _scene.Write("from/small", 10, 2);
        await _scene.UploadUntilAsync(part: 3);
        _scene.Time = new LaterClock(TimeSpan.FromDays(6.9));
        await _scene.SyncAsync("from", $"s3://{_scene.Bucket.Name}/to/");
        Assert.That(_scene.States(), Has.Length.EqualTo(1));

        _scene.Time = new LaterClock(TimeSpan.FromDays(7.1));
        await _scene.SyncAsync("from", $"s3://{_scene.Bucket.Name}/to/");

        await _scene.AssertNothingLeftAsync("big", "from/small");
    }

    [Test]
    public async Task No_secret_is_remembered()
    {
        _scene.Write("big", Size, 1);
        await _scene.UploadUntilAsync(part: 3);

        var state = await File.ReadAllTextAsync(_scene.Folder.Combine("state/" + _scene.States().Single()));

        Assert.That(state, Does.Contain("to/big").And.Not.Contain(_scene.Bucket.Endpoint.SecretKey).And.Not.Contain(_scene.Bucket.Endpoint.AccessKey));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(_scene.Folder.Combine("state/" + _scene.States().Single())), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
