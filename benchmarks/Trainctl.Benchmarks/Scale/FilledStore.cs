using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Benchmarks.Scale;

/// <summary>Memory stores with something in them.</summary>
internal static class FilledStore
{
    private const int ObjectsPerCheckpoint = 3;
    private const int CheckpointsPerRun = 100;

    /// <summary>The objects of <see cref="Listings"/>.</summary>
    public static async Task<IObjectStore> DatasetAsync(ObjectUrl root, int count)
    {
        var store = new MemoryStore(root);
        foreach (var found in Listings.Of(count))
            await store.PutAsync(found.Key, ReadOnlyMemory<byte>.Empty, new PutOptions { ContentModifiedAt = found.ContentModifiedAt });
        return store;
    }

    /// <summary>Runs of Hugging Face's Trainer, three small objects in each checkpoint.</summary>
    public static async Task<IObjectStore> CheckpointsAsync(ObjectUrl root, int count)
    {
        var store = new MemoryStore(root);
        var model = Safetensors();
        for (var i = 0; i < count / ObjectsPerCheckpoint; i++)
        {
            var step = (i % CheckpointsPerRun) + 1;
            var folder = string.Create(CultureInfo.InvariantCulture, $"run-{i / CheckpointsPerRun:000000}/checkpoint-{step}");
            var options = new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch.AddMinutes(step) };
            await store.PutAsync(folder + "/config.json", "{}"u8.ToArray(), options);
            await store.PutAsync(folder + "/model.safetensors", model, options);
            var state = string.Create(CultureInfo.InvariantCulture, $$"""{"global_step":{{step}},"log_history":[]}""");
            await store.PutAsync(folder + "/trainer_state.json", Encoding.UTF8.GetBytes(state), options);
        }

        return store;
    }

    private static byte[] Safetensors()
    {
        var header = """{"w":{"dtype":"U8","shape":[16],"data_offsets":[0,16]}}"""u8;
        var content = new byte[8 + header.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(content, header.Length);
        header.CopyTo(content.AsSpan(8));
        return content;
    }
}
