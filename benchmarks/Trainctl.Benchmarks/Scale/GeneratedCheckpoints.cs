using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Benchmarks.Scale;

/// <summary>How checkpoints lie in a store.</summary>
internal enum CheckpointShape
{
    /// <summary>Folders of Hugging Face's Trainer, three objects in each, 100 in each run.</summary>
    ManyRuns,

    /// <summary>The same, all in one run.</summary>
    OneRun,

    /// <summary>Files of Lightning, all in one folder.</summary>
    OneFolderOfFiles,
}

/// <summary>A store of checkpoints that makes up its listing, and what is read of it, as it goes, and holds nothing. It can only be looked at.</summary>
/// <param name="root">Where it pretends to be.</param>
/// <param name="shape">How the checkpoints lie.</param>
/// <param name="count">Checkpoints.</param>
internal sealed class GeneratedCheckpoints(ObjectUrl root, CheckpointShape shape, int count) : IObjectStore
{
    private const int CheckpointsPerRun = 100;

    // All steps have as many digits, so that their order is that of their names.
    private const int FirstStep = 1_000_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>An end-of-central-directory record and nothing else.</summary>
    private static readonly byte[] Archive = [.. "PK\u0005\u0006"u8, .. new byte[18]];

    private static readonly byte[] Model = Safetensors();

    public ObjectUrl Root => root;

    public StoreTraits Traits { get; } = new MemoryStore().Traits;

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (shape == CheckpointShape.OneFolderOfFiles)
            {
                yield return Object(string.Create(CultureInfo.InvariantCulture, $"run/checkpoints/epoch=1-step={FirstStep + i}.ckpt"), i);
                continue;
            }

            var run = shape == CheckpointShape.OneRun ? 0 : i / CheckpointsPerRun;
            var folder = string.Create(CultureInfo.InvariantCulture, $"run-{run:000000}/checkpoint-{FirstStep + i}");
            yield return Object(folder + "/config.json", i);
            yield return Object(folder + "/model.safetensors", i);
            yield return Object(folder + "/trainer_state.json", i);
        }

        await Task.CompletedTask;
    }

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        var content = Content(key);
        var (offset, length) = range is { } part ? ((int)part.Offset, (int)Math.Min(part.Length, content.Length - part.Offset)) : (0, content.Length);
        return Task.FromResult<Stream>(new MemoryStream(content, offset, length, writable: false));
    }

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult<StoredObject?>(null);

    public string? RefusalOf(string key) => null;

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static StoredObject Object(string key, int number) => new()
    {
        Key = key,
        Size = Content(key).Length,
        ModifiedAt = Start.AddMinutes(number),
        ContentModifiedAt = Start.AddMinutes(number),
        ETag = string.Create(CultureInfo.InvariantCulture, $"\"{number:x32}\""),
    };

    private static byte[] Content(string key)
    {
        if (key.EndsWith(".ckpt", StringComparison.Ordinal))
            return Archive;
        if (key.EndsWith(".safetensors", StringComparison.Ordinal))
            return Model;
        if (key.EndsWith("config.json", StringComparison.Ordinal))
            return Nothing;
        var start = key.LastIndexOf('-') + 1;
        return Encoding.UTF8.GetBytes($$"""{"global_step":{{key[start..key.LastIndexOf('/')]}},"log_history":[]}""");
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
