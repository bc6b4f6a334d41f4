using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>What one run of s5cmd moves: one bucket, one direction, either small objects or such as move in parts.</summary>
internal sealed record S5cmdBatch(IForeignAccess Bucket, TransferDirection Direction, bool InParts, IReadOnlyList<TransferItem> Items, long Bytes);

/// <summary>Collects a stream of objects into batches. Memory and what a dying run can leave undone are bounded by a batch. Pure.</summary>
internal sealed class S5cmdBatcher(TransferSettings settings)
{
    /// <summary>Some seconds of work, beside which the start of a process is nothing.</summary>
    public const int MaxObjects = 1000;

    /// <summary>So that temporary credentials and progress keep up.</summary>
    public const long MaxBytes = 64L * 1024 * 1024 * 1024;

    private readonly Dictionary<(IForeignAccess, TransferDirection, bool), (List<TransferItem> Items, long Bytes)> _open = [];

    /// <summary>Takes an object that s5cmd can move, and gives a batch when one is full.</summary>
    public S5cmdBatch? Add(TransferItem item)
    {
        var bucket = S5cmdSuitability.BucketOf(item);
        var direction = S5cmdSuitability.DirectionOf(item)!.Value;
        var traits = direction == TransferDirection.Upload ? item.Destination.Traits : item.Source.Traits;
        var inParts = item.Object.Size > S5cmdPartSize.InBytes(item.Object.Size, settings.LargestWhole, traits);
        var group = (bucket, direction, inParts);
        var (items, bytes) = _open.TryGetValue(group, out var open) ? open : ([], 0L);
        items.Add(item);
        bytes += item.Object.Size;
        _open[group] = (items, bytes);
        if (items.Count < MaxObjects && bytes < MaxBytes)
            return null;
        _open.Remove(group);
        return new S5cmdBatch(bucket, direction, inParts, items, bytes);
    }

    /// <summary>What is left at the end.</summary>
    public IReadOnlyList<S5cmdBatch> Rest()
    {
        var rest = _open.Select(static b => new S5cmdBatch(b.Key.Item1, b.Key.Item2, b.Key.Item3, b.Value.Items, b.Value.Bytes)).ToArray();
        _open.Clear();
        return rest;
    }
}
