using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>What comes back when a prune died in the middle, so that a part never went to the trash.</summary>
public sealed class RestoreOfHalfThrownAwayTests : TrashFixture
{
    private const string Rewritten = "run/checkpoint-1/optimizer.pt";

    [Test]
    public async Task A_file_of_a_restarted_run_is_not_taken_for_the_checkpoints_own([Values] bool isRewritten)
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(folder, "runs/a", step);
        await TestHost.Engine(folder).PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "runs", KeepLast = 2, Trash = ".trash" });
        var trash = Directory.GetDirectories(folder.Combine("runs/.trash")).Single();
        Directory.CreateDirectory(folder.Combine("runs/a/checkpoint-1"));
        File.Move(Path.Join(trash, "a/checkpoint-1/config.json"), folder.Combine("runs/a/checkpoint-1/config.json"));
        if (isRewritten)
            folder.Write("runs/a/checkpoint-1/config.json", "[]");

        var report = await TestHost.Engine(folder).RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "runs" });

        AssertResult(report, isRewritten, "a/checkpoint-1/config.json");
        Assert.That(folder.Files("runs/a/checkpoint-1"), Has.Exactly(isRewritten ? 1 : 3).Items);
    }

    [Test]
    public async Task An_object_of_a_restarted_run_is_not_taken_for_the_checkpoints_own([Values] bool isRewritten)
    {
        Store.OnWrite = static key => FailAt(key, $".trash/20240601T120000Z/{Rewritten}");
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Store.OnWrite = null;
        if (isRewritten)
            await RewriteAsync(Rewritten);
        var before = await ContentAsync();

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        AssertResult(report, isRewritten, Rewritten);
        Assert.That(await ContentAsync(), isRewritten ? Is.EqualTo(before) : Is.EqualTo(before.Where(static l => !l.StartsWith(".trash/", StringComparison.Ordinal))));
    }

    /// <summary>Copies have other ETags than what they are copies of; whoever empties the trash last need not have made them.</summary>
    [Test]
    public async Task What_came_back_and_was_rewritten_before_the_trash_was_empty_is_not_taken_for_the_checkpoints_own([Values] bool isRewritten)
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        Store.Undeletable.Add(".trash/20240601T120000Z/run/checkpoint-1/model.safetensors");
        await Engine.RestoreCheckpointsAsync(Restore);
        Store.Undeletable.Clear();
        if (isRewritten)
            await RewriteAsync(Rewritten);

        AssertResult(await Engine.RestoreCheckpointsAsync(Restore), isRewritten, Rewritten);
    }

    private async Task RewriteAsync(string key)
    {
        var bytes = new byte[(await Scene.Store.HeadAsync(key))!.Size];
        await Scene.Store.PutAsync(key, bytes, new PutOptions { Checksum = Crc64.Of(bytes) });
    }

    private static void AssertResult(RestoreReport report, bool isRewritten, string key)
    {
        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { isRewritten ? RestoreResult.Failed : RestoreResult.Restored }));
        if (isRewritten)
            Assert.That(report.Objects.Single(o => o.Key == key).ErrorCode, Is.EqualTo("TRAINCTL3003"));
    }
}
