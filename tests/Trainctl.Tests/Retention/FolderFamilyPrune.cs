using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Pruning;

namespace Trainctl.Tests.Retention;

/// <summary>The contract on folders, whose files keep the times at which the job wrote them.</summary>
public sealed class FolderFamilyPrune : FamilyPruneContract
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    protected override EngineHost Host => TestHost.For(_folder);

    protected override Task<ObjectUrl> WriteAsync(string name, FamilyRun run)
    {
        run.WriteTo(_folder, name);
        return Task.FromResult(ObjectUrl.Parse(_folder.Combine(name)));
    }

    protected override Task<IEnumerable<string>> KeysAsync(string name) => Task.FromResult<IEnumerable<string>>(_folder.Files(name));
}
