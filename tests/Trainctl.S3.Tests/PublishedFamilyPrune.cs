using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Pruning;

namespace Trainctl.S3.Tests;

/// <summary>
/// Runs that were published: manifests tell when each checkpoint was saved, and go with it. What was not whole is there without one, as an upload leaves it
/// that was cut off.
/// </summary>
public sealed class PublishedFamilyPrune : FamilyPrune
{
    private RunBucket _bucket = null!;
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public async Task SetUpAsync()
    {
        _bucket = await RunBucket.CreateAsync();
        _folder = new TemporaryFolder();
    }

    [OneTimeTearDown]
    public async Task TearDownAsync()
    {
        _folder?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public Task A_prune_goes_by_the_times_at_which_checkpoints_were_saved(
        [ValueSource(typeof(RunFamilies), nameof(RunFamilies.All))] RunFamily family, [Values(RunForm.Whole, RunForm.NewestTruncated)] RunForm form) =>
        AssertPrunesLeaveWhatTheyMustAsync(family, form, [PrunePolicy.LastMinutes]);

    protected override EngineHost Host => _bucket.Host(_folder.Path);

    protected override async Task<ObjectUrl> WriteAsync(string name, FamilyRun run)
    {
        run.WriteTo(_folder, name);
        await new TrainctlEngine(Host).UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = name, Destination = _bucket.Url(name), Pattern = run.Family.Pattern });
        await _bucket.PutAsync(name, run.Files.Where(f => f.Step is { } step && step == run.Incomplete));
        return _bucket.Url(name);
    }

    protected override Task<IEnumerable<string>> KeysAsync(string name) => _bucket.KeysAsync(name);

    protected override IEnumerable<string> KeysBesides(FamilyRun run, int step) => [run.ManifestKey(step)];
}
