using System.Globalization;
using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

/// <summary>A store in memory with checkpoints in it.</summary>
internal sealed class CatalogScene(TimeProvider? time = null)
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] HuggingFaceFiles = ["config.json", "model.safetensors", "optimizer.pt", "rng_state.pth"];

    public MemoryStore Store { get; } = new(time: time);

    public CatalogScene Put(string key, byte[] content, double minute = 0)
    {
        Store.PutAsync(key, content, new PutOptions { ContentModifiedAt = Start.AddMinutes(minute) }).GetAwaiter().GetResult();
        return this;
    }

    public CatalogScene Put(string key, string content = "text", double minute = 0) => Put(key, Encoding.UTF8.GetBytes(content), minute);

    public CatalogScene HuggingFace(string path, int step, double? minute = null, string more = "")
    {
        foreach (var name in HuggingFaceFiles)
        {
            Put($"{path}/{name}", Path.GetExtension(name) switch
            {
                ".safetensors" => ModelFile.Safetensors(),
                ".json" => "{}"u8.ToArray(),
                _ => ModelFile.Zip(),
            }, minute ?? step);
        }

        return Put($"{path}/trainer_state.json", string.Create(CultureInfo.InvariantCulture, $$"""{"global_step":{{step}}{{more}}}"""), minute ?? step);
    }

    public CatalogScene Remove(string key)
    {
        Store.DeleteAsync([new DeleteRequest(key)]).GetAwaiter().GetResult();
        return this;
    }

    public Task<CheckpointCatalog> ReadAsync() => CheckpointCatalog.ReadAsync(Store);

    /// <summary>The only checkpoint.</summary>
    public async Task<CheckpointUnit> UnitAsync() => (await ReadAsync()).Units.Single();

    /// <summary>Reads the state of the checkpoint at a path.</summary>
    public async Task<(CheckpointState State, string? Reason)> StateAsync(string path)
    {
        var unit = (await ReadAsync()).Units.Single(u => u.Path == path);
        return (unit.State, unit.StateReason);
    }
}
