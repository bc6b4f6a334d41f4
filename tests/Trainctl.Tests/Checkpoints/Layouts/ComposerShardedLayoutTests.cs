using Trainctl.Checkpoints;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class ComposerShardedLayoutTests
{
    [Test]
    public async Task Whole_folders_are_complete_and_the_text_in_a_bucket_names_one()
    {
        var catalog = await new CatalogScene()
            .Put(DistributedRun.Checkpoint("run/ep0-ba9"), 1).Put(DistributedRun.Checkpoint("run/ep1-ba20"), 2)
            .Put("run/latest-rank0.pt.symlink", "some-run/checkpoints/ep0-ba9").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.Epoch, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, double?, CheckpointState, string)[]
            {
                ("run/ep*-ba*", "run/ep0-ba9", 9, 0, CheckpointState.Complete, "composer-sharded"), ("run/ep*-ba*", "run/ep1-ba20", 20, 1, CheckpointState.Complete, "composer-sharded"),
            }));
            Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last run/latest-rank0.pt.symlink -> run/ep0-ba9" }));
        });
    }

    /// <summary>Composer uploads <c>.metadata</c> before the shards, so its presence proves nothing.</summary>
    [TestCase("__1_0.distcp", "__1_0.distcp is missing, and .metadata lists it")]
    [TestCase(".metadata", ".metadata, which is written last, is missing")]
    public async Task A_missing_file_is_named(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(DistributedRun.Checkpoint("ep1-ba2"), $"ep1-ba2/{missing}"), Is.EqualTo(reason));

    [TestCase("ep1-ba2/batch.csv")]
    public async Task What_only_looks_like_Composer_is_not(string key) => await LookAlikes.AssertUnclaimedAsync(key);
}
