using System.Globalization;
using NUnit.Framework;
using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Trainer;

namespace Trainctl.Testing.Training;

/// <summary>What of the test trainer's checkpoints is in a store, proven to the last byte.</summary>
public static class PublishedTraining
{
    /// <summary>
    /// Steps of the checkpoints that have a manifest. Each manifest must list all files of its checkpoint, and each must be what the trainer wrote.
    /// </summary>
    public static async Task<int[]> StepsAsync(IObjectReader store)
    {
        var keys = await store.ListAsync(new ListRequest()).Select(static found => found.Key).ToListAsync();
        var steps = new List<int>();
        foreach (var manifestKey in keys.Where(Manifest.IsManifestKey))
        {
            var folder = manifestKey[..^(Manifest.FileName.Length + 1)];
            var step = int.Parse(folder["run/checkpoint-".Length..], CultureInfo.InvariantCulture);
            var files = SavedCheckpoint.Files(step);
            var manifest = ManifestJson.Read(await ReadAsync(store, manifestKey), manifestKey)!;
            Assert.That(manifest.Objects.Select(static o => o.Key), Is.EquivalentTo(files.Keys), manifestKey);
            foreach (var (name, content) in files)
                Assert.That((await ReadAsync(store, $"{folder}/{name}")).AsSpan().SequenceEqual(content), Is.True, $"{folder}/{name} is not what was saved.");
            steps.Add(step);
        }

        var catalog = await CheckpointCatalog.ReadAsync(store);
        Assert.That(catalog.Units.Where(static u => u.State == CheckpointState.Complete).Select(static u => (int)u.Step!.Value), Is.SupersetOf(steps));
        return [.. steps.Order()];
    }

    /// <summary>The step that the run's own state names as its best; null when there is no such object.</summary>
    public static async Task<int?> BestAsync(IObjectReader store)
    {
        if (await store.HeadAsync("run/trainer_state.json") is null)
            return null;
        using var json = System.Text.Json.JsonDocument.Parse(await ReadAsync(store, "run/trainer_state.json"));
        return json.RootElement.GetProperty("best_global_step").GetInt32();
    }

    private static async Task<byte[]> ReadAsync(IObjectReader store, string key)
    {
        var copy = new MemoryStream();
        await using (var stream = await store.OpenReadAsync(key))
            await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
