using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>Publishes checkpoints to the prefix with the engine, one run after the other, and takes them away again. No part of the figures.</summary>
internal sealed class CatalogueFill(CatalogueTarget target, EngineHost host)
{
    private const int CheckpointsPerRun = 100;
    private const int StepsBetween = 100;
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        for (var first = 0; first < target.Checkpoints; first += CheckpointsPerRun)
        {
            var run = RunOf(first / CheckpointsPerRun);
            var folder = Directory.CreateTempSubdirectory("trainctl-benchmark-");
            try
            {
                Write(folder.FullName, Math.Min(CheckpointsPerRun, target.Checkpoints - first));
                var report = await new TrainctlEngine(host).UploadCheckpointsAsync(
                    new UploadCheckpointsSettings { Source = ObjectUrl.Parse(folder.FullName), Destination = target.Url.Append(run) }, cancellationToken);
                if (report.ExitCode != 0)
                    throw new InvalidOperationException($"Publishing {run} failed: {report.FailureText}");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>Leaves what another tool would have copied up.</summary>
    public Task RemoveManifestsAsync(CancellationToken cancellationToken) => DeleteAsync(Manifest.IsManifestKey, cancellationToken);

    public Task RemoveAllAsync(CancellationToken cancellationToken) => DeleteAsync(static _ => true, cancellationToken);

    /// <summary>The first run; enough to warm up on.</summary>
    public static string RunOf(int number) => string.Create(CultureInfo.InvariantCulture, $"run-{number:0000}");

    private void Write(string folder, int checkpoints)
    {
        for (var i = 1; i <= checkpoints; i++)
        {
            var step = i * StepsBetween;
            var checkpoint = Directory.CreateDirectory(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step}")));
            foreach (var (name, content) in CheckpointFiles.Of(step, target.ObjectsPerCheckpoint - 1))
            {
                var path = Path.Combine(checkpoint.FullName, name);
                File.WriteAllBytes(path, content);
                File.SetLastWriteTimeUtc(path, Start.AddMinutes(i));
            }
        }
    }

    private async Task DeleteAsync(Func<string, bool> isChosen, CancellationToken cancellationToken)
    {
        await using var store = StoreOpener.Open(target.Url, StoreSettings.Default, host);
        var keys = await store.ListAsync(new ListRequest(), cancellationToken)
            .Where(o => isChosen(o.Key)).Select(static o => new DeleteRequest(o.Key)).ToListAsync(cancellationToken);
        var failed = (await store.DeleteAsync(keys, cancellationToken)).Count(static o => o.Failure is not null);
        if (failed > 0)
            throw new InvalidOperationException($"{failed} of {keys.Count} objects below '{target.Url}' could not be deleted. Delete them by hand.");
    }
}
