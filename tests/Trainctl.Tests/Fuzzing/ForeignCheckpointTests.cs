using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Testing;
using Trainctl.Testing.Fuzzing;
using Trainctl.Testing.Pruning;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Fuzzing;

/// <summary>One damaged file among the checkpoints of every framework: the catalogue is read, and the other checkpoints are as they were.</summary>
public sealed class ForeignCheckpointTests
{
    private static readonly DateTimeOffset Now = CatalogScene.Start.AddHours(1);

    [Test]
    public void A_catalogue_is_read_whatever_one_file_of_it_holds([ValueSource(typeof(RunFamilies), nameof(RunFamilies.All))] RunFamily family)
    {
        var run = FamilyRun.Create(family, RunForm.Whole, Now, hasMetricsFiles: true);
        var options = new CatalogOptions { Pattern = family.Pattern };
        var whole = Read(run.Files, options);
        var damaged = from at in Gen.Choose(0, run.Files.Count - 1)
                      from content in ForeignBytes.Damaged([run.Files[at].Content])
                      select (At: at, Content: content);
        Check.One(PropertySearch.Of(60), Prop.ForAll(damaged.ToArbitrary(), damage =>
        {
            var catalog = Read([.. run.Files.Select((f, i) => i == damage.At ? f with { Content = damage.Content } : f)], options);
            var others = whole.Units.Where(u => !u.Objects.Any(o => o.Key == run.Files[damage.At].Key)).Select(static u => (u.Path, u.Objects.Count, u.Step));
            return others.All(other => catalog.Units.Any(u => (u.Path, u.Objects.Count, u.Step) == other));
        }));
    }

    private static CheckpointCatalog Read(IEnumerable<RunFile> files, CatalogOptions options)
    {
        var scene = new CatalogScene();
        foreach (var file in files)
            scene.Put(file.Key, file.Content, (file.SavedAt - CatalogScene.Start).TotalMinutes);
        return CheckpointCatalog.ReadAsync(scene.Store, options, CancellationToken.None).GetAwaiter().GetResult();
    }
}
