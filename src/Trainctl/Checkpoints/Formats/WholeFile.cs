using Trainctl.Storage;

namespace Trainctl.Checkpoints.Formats;

/// <summary>Tells from a few bytes whether a file is whole, for the formats that allow it.</summary>
internal static class WholeFile
{
    /// <summary>Enough for the headers of nearly all models, so that one read does.</summary>
    private const int FirstRead = 64 * 1024;

    /// <summary>A vocabulary of a million tokens fits.</summary>
    private const int MaxGgufHeader = 32 * 1024 * 1024;

    private const byte PickleStart = 0x80;

    /// <summary>What is wrong with the file, after its name in a sentence; null when nothing is, or when its format does not tell.</summary>
    public static Task<string?> ProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken) =>
        Path.GetExtension(found.Key).ToUpperInvariant() switch
        {
            ".SAFETENSORS" => SafetensorsProblemAsync(probe, found, cancellationToken),
            ".BIN" or ".PT" or ".PTH" or ".PKL" => ZipProblemAsync(probe, found, mayBeOther: true, cancellationToken),
            ".CKPT" => ZipProblemAsync(probe, found, mayBeOther: false, cancellationToken),
            ".KERAS" => ZipProblemAsync(probe, found, mayBeOther: false, cancellationToken),
            ".H5" or ".HDF5" => Hdf5ProblemAsync(probe, found, cancellationToken),
            ".GGUF" => GgufProblemAsync(probe, found, cancellationToken),
            ".NEMO" => TarProblemAsync(probe, found, cancellationToken),
            _ => Task.FromResult<string?>(null),
        };

    private static async Task<string?> SafetensorsProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken)
    {
        var start = await probe.ReadStartAsync(found, FirstRead, cancellationToken).ConfigureAwait(false);
        if (SafetensorsHeader.JsonLength(start, found.Size) is not { } length)
            return found.Size == 0 ? "is empty" : "has no whole safetensors header";
        var read = start.Length - SafetensorsHeader.PrefixLength;
        byte[] json = read >= length
            ? start[SafetensorsHeader.PrefixLength..(SafetensorsHeader.PrefixLength + length)]
            : [.. start[SafetensorsHeader.PrefixLength..], .. await probe.ReadAsync(found, start.Length, length - read, cancellationToken).ConfigureAwait(false)];
        if (SafetensorsHeader.FileLength(json) is not { } expected)
            return "has a broken safetensors header";
        return expected == found.Size ? null : $"has {found.Size} bytes and needs {expected}";
    }

    /// <summary>Files of torch before 1.6 are pickles, which do not tell where they end.</summary>
    private static async Task<string?> ZipProblemAsync(ObjectProbe probe, StoredObject found, bool mayBeOther, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return "is empty";
        var end = await probe.ReadEndAsync(found, ZipTail.MaxLength, cancellationToken).ConfigureAwait(false);
        if (ZipTail.HasEndRecord(end, found.Size))
            return null;
        var start = end.Length == found.Size ? end : await probe.ReadStartAsync(found, 2, cancellationToken).ConfigureAwait(false);
        var mayBeWhole = !ZipTail.IsZipStart(start) && (mayBeOther || start[0] == PickleStart);
        return mayBeWhole ? null : "is cut short: it has no zip end record";
    }

    private static async Task<string?> Hdf5ProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken) => found.Size == 0
        ? "is empty"
        : Hdf5Superblock.Problem(await probe.ReadStartAsync(found, Hdf5Superblock.Length, cancellationToken).ConfigureAwait(false), found.Size);

    /// <summary>A header with a large vocabulary takes a second read; one that is longer still does not tell.</summary>
    private static async Task<string?> GgufProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return "is empty";
        var start = await probe.ReadStartAsync(found, FirstRead, cancellationToken).ConfigureAwait(false);
        if (!GgufHeader.IsStart(start))
            return "has no GGUF header";
        var needed = GgufHeader.MinimumLength(start);
        if (needed is null && start.Length < found.Size)
            needed = GgufHeader.MinimumLength(await probe.ReadStartAsync(found, MaxGgufHeader, cancellationToken).ConfigureAwait(false));
        if (needed is null)
            return found.Size > MaxGgufHeader ? null : "has no whole GGUF header";
        return needed > (ulong)found.Size ? $"has {found.Size} bytes and needs {needed}" : null;
    }

    private static async Task<string?> TarProblemAsync(ObjectProbe probe, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Size == 0)
            return "is empty";
        if (TarEnd.IsEnd(await probe.ReadEndAsync(found, TarEnd.Length, cancellationToken).ConfigureAwait(false), found.Size))
            return null;
        var start = await probe.ReadStartAsync(found, 2, cancellationToken).ConfigureAwait(false);
        return TarEnd.IsCompressed(start) ? null : "is cut short: it has no tar end";
    }
}
