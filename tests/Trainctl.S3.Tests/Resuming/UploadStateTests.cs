namespace Trainctl.S3.Tests.Resuming;

/// <summary>What is remembered of uploads: where it is wrong, in use, old, or cannot be had.</summary>
public sealed class UploadStateTests : UploadFixture
{
    [TestCase("")]
    [TestCase("no journal at all\n")]
    [TestCase("{\"version\":99}\n")]
    [TestCase("null\n")]
    [TestCase("{\"version\":1,\"destination\":null,\"content\":\"\",\"source\":\"\",\"size\":1,\"partSize\":1,\"startedAt\":\"2020-01-01T00:00:00Z\"}\n")]
    public async Task A_state_that_cannot_be_read_is_as_none(string damaged)
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        await File.WriteAllTextAsync(Scene.Folder.Combine("state/" + Scene.States().Single()), damaged);

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        Assert.That(Scene.States(), Is.Empty);
    }

    [Test]
    public async Task Half_a_line_at_the_end_of_a_state_costs_nothing()
    {
        Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        var journal = Scene.Folder.Combine("state/" + Scene.States().Single());
        var remembered = await File.ReadAllBytesAsync(journal);
        await File.WriteAllBytesAsync(journal, remembered[..^20]);

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "PUT 4", "PUT 5" }), Scene.Said);
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_state_that_somebody_else_has_open_is_left_to_him()
    {
        var content = Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 4);
        var journal = Scene.Folder.Combine("state/" + Scene.States().Single());
        await using (new FileStream(journal, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var report = await Scene.UploadAsync();

            Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
            Assert.That(Scene.Requests(), Has.Length.EqualTo(5), Scene.Said);
            Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
            Assert.That(await Scene.UploadsAsync(), Has.Count.EqualTo(1), "the other's");
        }
    }

    [Test]
    public async Task An_upload_whose_name_was_never_learnt_is_removed()
    {
        Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 2);
        var journal = Scene.Folder.Combine("state/" + Scene.States().Single());
        var head = (await File.ReadAllLinesAsync(journal))[0];
        await Scene.UploadAsync();
        // As it is when the process dies after the store has begun the upload, and before its answer arrives.
        await Scene.Bucket.Client.InitiateMultipartUploadAsync(Scene.Bucket.Name, "to/big");
        await File.WriteAllTextAsync(journal, head + "\n");

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        await Scene.AssertNothingLeftAsync("big");
    }

    [Test]
    public async Task A_state_directory_that_cannot_be_had_costs_only_the_resuming()
    {
        var content = Scene.Write("big", Size, 1);
        Scene.State = Scene.Folder.Write("state", "a file");

        var report = await Scene.UploadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await Scene.AssertNothingLeftAsync("big", "state");
    }

    [Test]
    public async Task What_nobody_went_on_with_is_removed_after_a_week()
    {
        Scene.Write("big", Size, 1);
        Scene.Write("from/small", 10, 2);
        await Scene.UploadUntilAsync(part: 3);
        Scene.Time = new LaterClock(TimeSpan.FromDays(6.9));
        await Scene.SyncAsync("from", $"s3://{Scene.Bucket.Name}/to/");
        Assert.That(Scene.States(), Has.Length.EqualTo(1));

        Scene.Time = new LaterClock(TimeSpan.FromDays(7.1));
        await Scene.SyncAsync("from", $"s3://{Scene.Bucket.Name}/to/");

        await Scene.AssertNothingLeftAsync("big", "from/small");
    }

    /// <summary>Only a look at the other store could remove its parts, and only with what is remembered here.</summary>
    [Test]
    public async Task What_was_begun_at_another_store_is_remembered_until_that_one_is_written_to_again()
    {
        Scene.Write("big", Size, 1);
        Scene.Write("from/small", 10, 2);
        await Scene.UploadUntilAsync(part: 3);
        Scene.Time = new LaterClock(TimeSpan.FromDays(8));
        await using (var other = await TestBucket.CreateAsync())
            await Scene.SyncAsync("from", $"s3://{other.Name}/to/");
        Assert.That(Scene.States(), Has.Length.EqualTo(1));

        await Scene.SyncAsync("from", $"s3://{Scene.Bucket.Name}/to/");

        await Scene.AssertNothingLeftAsync("big", "from/small");
    }

    [Test]
    public async Task No_secret_is_remembered()
    {
        Scene.Write("big", Size, 1);
        await Scene.UploadUntilAsync(part: 3);

        var state = await File.ReadAllTextAsync(Scene.Folder.Combine("state/" + Scene.States().Single()));

        Assert.That(state, Does.Contain("to/big").And.Not.Contain(Scene.Bucket.Endpoint.SecretKey).And.Not.Contain(Scene.Bucket.Endpoint.AccessKey));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(Scene.Folder.Combine("state/" + Scene.States().Single())), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
