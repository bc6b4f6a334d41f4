using Trainctl.Diagnostics;
using Trainctl.Doctor;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>
/// What a server does not do is said, and nothing is deleted or written over for it. On a server that does everything, the setting <c>Provider</c> makes
/// Trainctl take it for one that does not.
/// </summary>
public sealed class LackingServerTests
{
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;

    private TrainctlEngine Engine => new(_bucket.Host(_folder));

    private static StoreSettings Minio => new() { Provider = StoreProvider.Minio };

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    /// <summary>Every store is a new one: the first request must not be the one that does the damage.</summary>
    [Test]
    public async Task A_key_that_would_be_taken_for_another_is_refused_and_the_other_object_stays([Values("a//b", "a/./b", "x/../a/b", "//a/b", "line\nbreak")] string key)
    {
        await using var other = _bucket.Open("p", settings: Minio);
        await other.PutAsync("a/b", "kept"u8.ToArray(), new PutOptions());

        foreach (var write in (Func<IObjectStore, Task>[])
        [
            store => store.PutAsync(key, "wrong"u8.ToArray(), new PutOptions()),
            store => store.BeginMultipartAsync(key, 5, new PutOptions()),
            async store => throw (await store.DeleteAsync([new DeleteRequest(key)])).Single().Failure!,
        ])
        {
            await using var store = _bucket.Open("p", settings: Minio);
            var error = await Assert.ThrowsAsync<TrainctlException>(() => write(store));
            Assert.That((error!.Error, error.Message), Is.EqualTo((TrainctlError.UnsafeKey, error.Message)));
            Assert.That(error.Message, Does.Contain("keeps objects as files"));
        }

        Assert.That(await other.HeadAsync(key), Is.Null);
        Assert.That(new StreamReader(await other.OpenReadAsync("a/b")).ReadToEnd(), Is.EqualTo("kept"));
        Assert.That(await other.ListAsync(new ListRequest()).Select(static o => o.Key).ToListAsync(), Is.EqualTo(new[] { "a/b" }));
    }

    /// <summary>Nothing but the server's answers tells there that keys are files.</summary>
    [Test]
    public async Task A_server_that_keeps_other_keys_is_found_out_before_anything_is_written([Values("a//b", "line\nbreak")] string key)
    {
        var keepsKey = (await S3TestServer.AbilitiesAsync(_bucket.Endpoint)).HasFlag(key.Contains('\n', StringComparison.Ordinal) ? ServerAbility.LineBreaks : ServerAbility.AnyKey);
        await using var other = _bucket.Open();
        await other.PutAsync("a/b", "kept"u8.ToArray(), new PutOptions());
        await using var store = _bucket.Open();

        if (keepsKey)
            await store.PutAsync(key, "new"u8.ToArray(), new PutOptions());
        else
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => store.PutAsync(key, "new"u8.ToArray(), new PutOptions())))!.Error, Is.EqualTo(TrainctlError.UnsafeKey));

        Assert.That(new StreamReader(await other.OpenReadAsync("a/b")).ReadToEnd(), Is.EqualTo("kept"));
        Assert.That(await other.ListAsync(new ListRequest()).Select(static o => o.Key).ToListAsync(), Is.EquivalentTo(keepsKey ? ["a/b", key] : (string[])["a/b"]));
    }

    [Test]
    public async Task Unfinished_uploads_that_are_not_listed_do_not_count_as_none()
    {
        await UploadAsync();
        await _bucket.Client.InitiateMultipartUploadAsync(_bucket.Name, "runs/a/checkpoint-9/model.safetensors");

        var review = await Engine.ReviewArtifactsAsync(new() { Location = _bucket.Url("runs"), Store = Minio });
        var pruned = await Engine.PruneCheckpointsAsync(new() { Location = _bucket.Url("runs"), Store = Minio, KeepLast = 1, AbortUploadsAfter = TimeSpan.Zero });

        Assert.That(review.Leftovers!.Uncounted.Single(), Does.Contain("Unfinished uploads could not be counted").And.Contain("by its whole key"));
        Assert.That(pruned.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept }), "what was done is told all the same");
        Assert.That(pruned.Leftovers.Single().Error, Does.Contain("by its whole key"));
        Assert.That((pruned.ExitCode, pruned.FailureText), Is.EqualTo((1, pruned.FailureText)));
        Assert.That(await _bucket.UnfinishedUploadsAsync("runs/a/checkpoint-9/model.safetensors"), Is.EqualTo(1));
    }

    [Test]
    public async Task Doctor_tells_that_they_are_not_listed_and_leaves_none()
    {
        var report = await Engine.ExamineAsync(new DoctorSettings { Location = _bucket.Url(), Store = Minio });

        var check = report.Checks.Single(static c => c.Name == "unfinished uploads");
        Assert.That((check.Result, check.IsNeeded), Is.EqualTo((CheckResult.Unsupported, false)));
        Assert.That(check.Error, Does.Contain("by its whole key"));
        Assert.That((report.ExitCode, report.Leftovers.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Where_tags_are_not_kept_a_prune_that_pins_by_one_deletes_nothing()
    {
        await UploadAsync();
        var keepsTags = (await S3TestServer.AbilitiesAsync(_bucket.Endpoint)).HasFlag(ServerAbility.Tags);
        var settings = new PruneCheckpointsSettings { Location = _bucket.Url("runs"), KeepLast = 1, PinTag = "keep" };
        var before = await CountAsync();

        if (keepsTags)
            Assert.That((await Engine.PruneCheckpointsAsync(settings with { DryRun = true })).Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Planned, PruneResult.Kept }));
        else
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => Engine.PruneCheckpointsAsync(settings)))!.Message, Does.Contain("does not keep tags"));

        Assert.That(await CountAsync(), Is.EqualTo(before).And.GreaterThan(4));
    }

    [Test]
    public async Task Where_no_versions_are_kept_there_are_no_hidden_ones_to_delete()
    {
        await UploadAsync();

        var pruned = await Engine.PruneCheckpointsAsync(new() { Location = _bucket.Url("runs"), KeepLast = 1, DeleteHiddenVersionsAfter = TimeSpan.Zero });

        Assert.That((pruned.ExitCode, pruned.IsVersioned, pruned.Leftovers.Count), Is.EqualTo((0, false, 0)));
        Assert.That(pruned.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept }));
    }

    [Test]
    public async Task A_store_that_does_not_know_of_versions_hides_none_and_nothing_is_said_of_them()
    {
        await UploadAsync();
        await using var proxy = new FaultProxy(_bucket.Endpoint.Url)
        {
            Decide = static request => S3Request.Query(request.Head).Any(static p => p.Name == "versioning") ? new Fault(FaultKind.NotImplemented) : null,
        };
        var engine = new TrainctlEngine(_bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = proxy.Address }));

        var review = await engine.ReviewArtifactsAsync(new() { Location = _bucket.Url("runs") });
        var pruned = await engine.PruneCheckpointsAsync(new() { Location = _bucket.Url("runs"), KeepLast = 1, DeleteHiddenVersionsAfter = TimeSpan.Zero });

        Assert.That((review.Leftovers!.IsVersioned, review.Leftovers.Uncounted.Count(static u => u.StartsWith("Hidden versions", StringComparison.Ordinal))), Is.EqualTo((false, 0)));
        Assert.That((pruned.ExitCode, pruned.IsVersioned, pruned.Leftovers.Count), Is.EqualTo((0, false, 0)));
        Assert.That(proxy.Traffic.Total.Faults, Is.GreaterThanOrEqualTo(2));
    }

    private async Task UploadAsync()
    {
        HuggingFaceRun.Write(_folder, "runs/a", 1);
        HuggingFaceRun.Write(_folder, "runs/a", 2);
        await Engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = _bucket.Url("runs") });
    }

    private async Task<int> CountAsync()
    {
        await using var store = _bucket.Open();
        return await store.ListAsync(new ListRequest()).CountAsync();
    }
}
