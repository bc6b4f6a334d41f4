using Trainctl.Checkpoints;
using Trainctl.Retention.Deleting;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

public sealed class LoneObjectsTests
{
    private static readonly int[] Steps = [1, 2, 7, 9, 10, 19, 20, 99, 100, 101, 250, 1_000, 1_000_000];

    /// <summary>What is remembered of one step must be true for all.</summary>
    [TestCaseSource(typeof(FolderFamily), nameof(FolderFamily.All))]
    public async Task One_memory_for_all_steps_answers_as_the_layouts_do(FolderFamily family)
    {
        var scene = new CatalogScene();
        foreach (var step in Steps)
            scene.Put(family.Checkpoint("run-3/" + family.FolderName(step)), step).Put($"run-3/{family.FolderName(step)}/unknown.txt", "text", step);

        Assert.That(await DifferencesAsync(scene), Is.Empty);
    }

    [Test]
    public async Task Trainer_checkpoints_under_both_names_are_not_confused()
    {
        var scene = new CatalogScene();
        foreach (var step in Steps)
        {
            foreach (var (name, content) in ShardedTrainerRun.Checkpoint(step, 8))
                scene.Put($"a/checkpoint-{step}/{name}", content, step).Put($"a/tmp-checkpoint-{step}/{name}", content, step).Put($"b/checkpoint_{step}/{name}", content, step);
        }

        Assert.That(await DifferencesAsync(scene), Is.Empty);
    }

    private static async Task<string[]> DifferencesAsync(CatalogScene scene)
    {
        var lone = new LoneObjects();
        var units = (await scene.ReadAsync()).Units.ToArray();
        Assert.That(units, Has.Length.GreaterThanOrEqualTo(Steps.Length));
        return [.. units.SelectMany(unit => unit.Objects.Where(o => lone.Show(unit, o) != LoneObjects.Ask(unit, o)).Select(static o => o.Key))];
    }
}
