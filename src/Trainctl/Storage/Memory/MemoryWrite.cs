using Trainctl.Diagnostics;

namespace Trainctl.Storage.Memory;

/// <summary>An object on its way into a <see cref="MemoryStore"/>: one array that parts are copied into.</summary>
internal sealed class MemoryWrite(MemoryStore store, string key, long size, PutOptions options) : IMultipartWrite
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (long Offset, long Length)> _parts = [];
    private byte[]? _content = new byte[size];
    private StoredObject? _stored;

    public Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_content is null, this);
            content.Span.CopyTo(_content.AsSpan((int)offset));
            _parts[number] = (offset, content.Length);
        }

        return Task.CompletedTask;
    }

    public Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_stored is not null)
                return Task.FromResult(_stored);
            ObjectDisposedException.ThrowIf(_content is null, this);
            if (options.Checksum is { } announced && announced != checksum)
                throw PartRules.Changed(store.Root, key);
            if (PartRules.ProblemOf(_parts, size) is { } problem)
                throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{store.Root.Append(key)}' was not made visible: {problem}.", key);
            _stored = store.Store(key, _content, options with { Checksum = checksum });
            _content = null;
            return Task.FromResult(_stored);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _content = null;
        return ValueTask.CompletedTask;
    }
}
