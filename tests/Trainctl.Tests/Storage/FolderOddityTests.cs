using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>What stands in folders and is no ordinary file.</summary>
[Platform(Exclude = "Win")]
public sealed class FolderOddityTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_loop_of_links_at_the_destination_refuses_what_is_below_it_and_the_rest_moves([Values] bool dryRun)
    {
        _folder.Write("from/a/x", "x");
        _folder.Write("from/ok", "ok");
        Directory.CreateDirectory(_folder.Combine("to"));
        Directory.CreateSymbolicLink(_folder.Combine("to/a"), "b");
        Directory.CreateSymbolicLink(_folder.Combine("to/b"), "a");

        var report = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to", DryRun = dryRun });

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[] { ("a/x", OutcomeResult.Refused), ("ok", dryRun ? OutcomeResult.Planned : OutcomeResult.Done) }));
        Assert.That(report.Objects[0].Error, Does.Contain("'a' is a symbolic link that leads nowhere"));
    }

    private TrainctlEngine Engine => TestHost.Engine(_folder);
}
