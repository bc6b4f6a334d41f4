using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class LayoutChoiceTests
{
    [Test]
    public async Task A_forced_layout_leaves_all_else_unknown()
    {
        var scene = new CatalogScene().Put(LightningRun.Files("a", 10, 20)).Put(FairseqRun.Files("b", 5));

        var catalog = await CheckpointCatalog.ReadAsync(scene.Store, new CatalogOptions { Layout = "fairseq" }, CancellationToken.None);

        Assert.That((catalog.Runs.Single().Name, catalog.OtherObjects.Count), Is.EqualTo(("b/checkpoint_*_*.pt", 3)));
    }

    [Test]
    public void A_wrong_name_gets_the_nearest_and_all_valid_ones()
    {
        var exception = Assert.Throws<TrainctlException>(() => LayoutChoice.Of(new CatalogOptions { Layout = "ligthning" }));

        Assert.Multiple(() =>
        {
            Assert.That(exception!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(exception.Message, Does.StartWith("Layout is 'ligthning', which is none. Did you mean 'lightning'? There are: "));
            foreach (var layout in LayoutTable.All)
                Assert.That(exception.Message, Does.Contain(layout.Name));
        });
    }

    [Test]
    public void A_name_that_is_like_none_gets_no_guess() => Assert.That(
        Assert.Throws<TrainctlException>(() => LayoutChoice.Of(new CatalogOptions { Layout = "xyz" }))!.Message,
        Does.StartWith("Layout is 'xyz', which is none. There are: "));

    [TestCase("pattern", null, "Layout is 'pattern', and there is no Pattern. Set one.")]
    [TestCase("lightning", "x", "Layout is 'lightning', and there is a Pattern besides. Leave out Layout, or set it to 'pattern'.")]
    public void A_layout_and_a_pattern_must_agree(string layout, string? pattern, string message)
    {
        var options = new CatalogOptions { Layout = layout, Pattern = pattern is null ? null : new CheckpointPattern(pattern) };

        Assert.That(Assert.Throws<TrainctlException>(() => LayoutChoice.Of(options))!.Message, Is.EqualTo(message));
    }

    [Test]
    public void Names_of_layouts_are_unique_and_plain() => Assert.That(
        LayoutTable.All.Select(static l => l.Name).Append(PatternLayout.LayoutName), Is.Unique.And.All.Match("^[a-z][a-z-]*$"));
}
