using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

public sealed class PinTests
{
    private CatalogScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new CatalogScene();

    [Test]
    public async Task A_pin_in_a_folder_is_found_and_read_by_nobody()
    {
        _scene.HuggingFace("checkpoint-1", 1).Put("checkpoint-1/.trainctl-keep", "the paper uses it", 999);
        await using var store = new HookedStore(_scene.Store);

        var unit = (await CheckpointCatalog.ReadAsync(store)).Units.Single();

        Assert.Multiple(() =>
        {
            Assert.That(unit.Pin, Is.EqualTo("pinned by checkpoint-1/.trainctl-keep"));
            Assert.That(unit.ModifiedAt, Is.EqualTo(CatalogScene.Start.AddMinutes(1)));
            Assert.That(store.Reads, Has.None.Contains(".trainctl-keep").And.Not.Empty);
        });
    }

    [TestCase("epoch=1-step=5.ckpt", "epoch=1-step=5.ckpt.trainctl-keep")]
    [TestCase("epoch=1-step=5.ckpt", "epoch=1-step=5.trainctl-keep")]
    [TestCase("step_5.safetensors", "step_5.safetensors.trainctl-keep")]
    public async Task A_pin_beside_a_file_belongs_to_the_checkpoint(string file, string pin)
    {
        _scene.Put($"run/{file}", file.EndsWith("ckpt", StringComparison.Ordinal) ? ModelFile.Zip() : ModelFile.Safetensors(), 1).Put($"run/{pin}", "", 999);

        var catalog = await _scene.ReadAsync();
        var unit = catalog.Units.Single();

        Assert.Multiple(() =>
        {
            Assert.That((unit.State, unit.Pin), Is.EqualTo((CheckpointState.Complete, $"pinned by run/{pin}")));
            Assert.That(unit.Objects.Select(static o => o.Key), Is.EquivalentTo(new[] { $"run/{file}", $"run/{pin}" }));
            Assert.That(unit.ModifiedAt, Is.EqualTo(CatalogScene.Start.AddMinutes(1)));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [Test]
    public async Task A_pin_beside_shards_belongs_to_all_of_them()
    {
        _scene.Put("step_5-00001-of-00002.safetensors", ModelFile.Safetensors()).Put("step_5-00002-of-00002.safetensors", ModelFile.Safetensors()).Put("step_5.trainctl-keep", "");

        Assert.That((await _scene.UnitAsync()).Pin, Is.EqualTo("pinned by step_5.trainctl-keep"));
    }

    [Test]
    public async Task One_pin_may_stand_for_two_files_of_one_name()
    {
        _scene.Put("epoch=1-step=5.ckpt", ModelFile.Zip()).Put("epoch=1-step=5.safetensors", ModelFile.Safetensors()).Put("epoch=1-step=5.trainctl-keep", "");

        var units = (await _scene.ReadAsync()).Units.ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(units.Select(static u => u.Pin), Is.EqualTo(new[] { "pinned by epoch=1-step=5.trainctl-keep", "pinned by epoch=1-step=5.trainctl-keep" }));
            Assert.That(units.Sum(static u => u.ObjectCount), Is.EqualTo(3));
        });
    }

    [TestCase("checkpoint-1/deep/.trainctl-keep")]
    [TestCase("checkpoint-1/x.trainctl-keep")]
    [TestCase(".trainctl-keep")]
    public async Task A_pin_somewhere_else_pins_nothing(string key)
    {
        _scene.HuggingFace("checkpoint-1", 1).Put(key, "");

        Assert.That((await _scene.UnitAsync()).Pin, Is.Null);
    }

    [Test]
    public async Task A_pinned_checkpoint_survives_a_prune_until_the_pin_goes()
    {
        foreach (var step in (int[])[1, 2, 3])
            _scene.Put($"step_{step}.safetensors", ModelFile.Safetensors(), step);
        _scene.Put("step_1.safetensors.trainctl-keep", "");
        var pinned = await KeptAsync();
        _scene.Remove("step_1.safetensors.trainctl-keep");

        Assert.That((pinned, await KeptAsync()), Is.EqualTo((new[] { "step_1.safetensors", "step_3.safetensors" }, new[] { "step_3.safetensors" })));
    }

    [Test]
    public async Task A_pin_from_elsewhere_can_be_added_and_does_not_hide_a_file()
    {
        _scene.HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3).Put("checkpoint-1/.trainctl-keep");

        var runs = UnitPins.Add((await _scene.ReadAsync()).Runs, new Dictionary<string, string> { ["checkpoint-1"] = "a tag", ["checkpoint-2"] = "a tag", ["other"] = "a tag" });

        Assert.That(runs.Single().Units.Select(static u => u.Pin), Is.EqualTo(new[] { "pinned by checkpoint-1/.trainctl-keep", "a tag", null }));
    }

    private async Task<string[]> KeptAsync()
    {
        var catalog = await _scene.ReadAsync();
        return [.. RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, new RetentionPolicy { KeepLast = 1 }, CatalogScene.Start).Where(static d => d.Keep).Select(static d => d.Unit.Path)];
    }
}
