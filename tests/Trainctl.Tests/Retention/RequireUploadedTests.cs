using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>A local checkpoint may only go when a published copy was proven to be equal.</summary>
public sealed class RequireUploadedTests
{
    private static readonly PruneCheckpointsSettings Prune = new() { Location = "runs", KeepLast = 1, RequireUploaded = "s3://published" };

    private TemporaryFolder _folder = null!;
    private HookedStore _published = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _published = new HookedStore(new MemoryStore(ObjectUrl.Parse("s3://published"), MemoryStore.S3Traits));
        _engine = new TrainctlEngine(TestHost.For(_folder) with
        {
            OpenStore = (url, settings, host) => url.IsFolder ? StoreOpener.Open(url, settings, host) : _published,
        });
        foreach (var step in (int[])[1, 2])
            HuggingFaceRun.Write(_folder, "runs/a", step);
        await _engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = "s3://published" });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _published.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Same size and same time, other bytes: only reading them tells.</summary>
    [Test]
    public async Task Other_bytes_of_the_same_size_and_time_are_kept()
    {
        var path = _folder.Combine("runs/a/checkpoint-1/model.safetensors");
        var (content, time) = (await File.ReadAllBytesAsync(path), File.GetLastWriteTimeUtc(path));
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(path, content);
        File.SetLastWriteTimeUtc(path, time);

        await Kept("model.safetensors has another content there");
    }

    [Test]
    public async Task What_is_published_goes()
    {
        var report = await _engine.PruneCheckpointsAsync(Prune);

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept }));
    }

    [Test]
    public async Task A_file_that_was_never_published_keeps_its_checkpoint()
    {
        _folder.Write("runs/a/checkpoint-1/eval.json", "{}");

        await Kept("its manifest there does not list eval.json");
    }

    [Test]
    public async Task Without_a_manifest_there_nothing_goes()
    {
        await _published.DeleteAsync([new DeleteRequest("a/checkpoint-1/.trainctl-manifest.json")]);

        await Kept("it has no manifest there");
    }

    [Test]
    public async Task A_broken_manifest_there_proves_nothing()
    {
        await _published.PutAsync("a/checkpoint-1/.trainctl-manifest.json", "{"u8.ToArray(), new PutOptions());

        await Kept("its manifest there cannot be parsed");
    }

    [Test]
    public async Task An_object_that_is_missing_there_is_noticed()
    {
        await _published.DeleteAsync([new DeleteRequest("a/checkpoint-1/config.json")]);

        await Kept("config.json is not there with the 2 bytes that its manifest says");
    }

    [Test]
    public async Task A_remote_that_cannot_be_read_stops_it_all()
    {
        _published.OnRead = static key => throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
        var before = _folder.Files();

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.PruneCheckpointsAsync(Prune)))!;

        Assert.That((error.Error, _folder.Files().Length), Is.EqualTo((TrainctlError.StoreUnavailable, before.Length)));
    }

    [Test]
    public async Task A_remote_that_hides_objects_stops_it_all()
    {
        _published.Problem = new ListingProblem("x", ListingProblemKind.UnreadableFolder, "The folder 'x' could not be read.");

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.PruneCheckpointsAsync(Prune)))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.IncompleteListing));
    }

    [Test]
    public async Task A_plan_is_proven_again_when_it_is_applied()
    {
        var plan = await _engine.PlanPruneAsync(Prune);
        await _published.DeleteAsync([new DeleteRequest("a/checkpoint-1/.trainctl-manifest.json")]);

        var report = await _engine.ApplyPruneAsync(plan);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units[0].Result, Is.EqualTo(PruneResult.Failed));
            Assert.That(report.Objects[0].Error, Does.Contain("not uploaded to s3://published/: it has no manifest there"));
            Assert.That(_folder.Files("runs/a/checkpoint-1"), Has.Exactly(3).Items);
        });
    }

    /// <summary>What an interrupted prune left is still proven by what is published, and goes.</summary>
    [Test]
    public async Task Remains_of_a_published_checkpoint_go()
    {
        File.Delete(_folder.Combine("runs/a/checkpoint-1/trainer_state.json"));

        var report = await _engine.PruneCheckpointsAsync(Prune);

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Kept }));
    }

    /// <summary>The place is another one; what is in it is the same.</summary>
    [TestCase("link")]
    [TestCase("link to a file")]
    [TestCase("mount")]
    public async Task A_checkpoint_does_not_prove_itself_through(string how)
    {
        await _engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = "published" });
        Directory.CreateDirectory(_folder.Combine("up"));
        using var mount = how == "mount" ? BindMount.Of(_folder.Combine("published"), _folder.Combine("up")) : null;
        if (how == "link")
        {
            Directory.CreateSymbolicLink(_folder.Combine("up/a"), "../published/a");
        }
        else if (how == "link to a file")
        {
            foreach (var file in _folder.Files("published"))
                _folder.Write("up/" + file, File.ReadAllText(_folder.Combine("published/" + file)));
            File.Delete(_folder.Combine("up/a/checkpoint-1/model.safetensors"));
            File.CreateSymbolicLink(_folder.Combine("up/a/checkpoint-1/model.safetensors"), _folder.Combine("published/a/checkpoint-1/model.safetensors"));
        }

        var report = await _engine.PruneCheckpointsAsync(Prune with { Location = "published", RequireUploaded = "up" });

        Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(PruneResult.Kept));
        Assert.That(report.Units[0].Decision.KeepReasons[^1].Text, Does.Contain("is the same file as here"));
    }

    [Test]
    public async Task A_checkpoint_never_proves_itself()
    {
        await _engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = "published" });
        string[] names = OperatingSystem.IsWindows() ? ["published/"] : ["published/", "link"];
        if (!OperatingSystem.IsWindows())
            Directory.CreateSymbolicLink(_folder.Combine("link"), "published");

        foreach (var name in names)
        {
            var error = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.PruneCheckpointsAsync(Prune with { Location = "published", RequireUploaded = name })))!;
            Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "RequireUploaded")));
        }
    }

    /// <summary>A plan is a file that may be edited, and a folder may have become a link since.</summary>
    [Test]
    public async Task A_checkpoint_of_a_plan_never_proves_itself()
    {
        await _engine.UploadCheckpointsAsync(new() { Source = "runs", Destination = "published" });
        var plan = await _engine.PlanPruneAsync(Prune with { Location = "published" });
        var before = _folder.Files("published");

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => _engine.ApplyPruneAsync(plan with { RequireUploaded = plan.Location })))!;

        Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "RequireUploaded")));
        Assert.That(_folder.Files("published"), Is.EqualTo(before));
    }

    private async Task Kept(string why)
    {
        var report = await _engine.PruneCheckpointsAsync(Prune);

        Assert.Multiple(() =>
        {
            Assert.That(report.Units[0].Result, Is.EqualTo(PruneResult.Kept));
            Assert.That(report.Units[0].Decision.KeepReasons, Is.EqualTo(new[] { new KeepReason(KeepRule.NotUploaded, $"not uploaded to s3://published/: {why}") }));
            Assert.That(Directory.Exists(_folder.Combine("runs/a/checkpoint-1")), Is.True);
        });
    }
}
