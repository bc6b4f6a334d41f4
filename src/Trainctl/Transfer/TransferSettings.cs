using Trainctl.Transfer.Scheduling;

namespace Trainctl.Transfer;

/// <summary>How much happens at once. The defaults suit a machine of 2 to 16 cores.</summary>
public sealed record TransferSettings
{
    /// <summary>The defaults.</summary>
    public static TransferSettings Default { get; } = new();

    /// <summary>What moves objects between a folder and S3. Default <see cref="TransferBackend.Auto"/>.</summary>
    public TransferBackend Backend { get; init; } = TransferBackend.Auto;

    /// <summary>
    /// Small objects (up to 1 MiB) in flight at once, at most. Null, the default: 256. How many there are is found by measuring: it begins with 48, grows while more are faster,
    /// beyond 64 only with a store that is far, and shrinks when the store asks for fewer. They are never more than 64 MiB together. s5cmd, which measures nothing, is given so
    /// many workers, and 64 by default.
    /// </summary>
    public int? Concurrency { get; init; }

    /// <summary>Larger objects, and parts of them, in flight at once, over all objects. Default 8. Memory is at most this many parts.</summary>
    public int PartConcurrency { get; init; } = 8;

    /// <summary>
    /// Objects larger than this are moved in parts of this size, from 1 MiB to 1 GiB. Null, the default: 16 MiB, and parts of 32 MiB for downloads of 1 GiB and more.
    /// Raised where a store allows only so many parts.
    /// </summary>
    public long? PartSizeBytes { get; init; }

    /// <summary>
    /// Content that goes over the network in a second, in bytes, both directions together and over all transfers of the operation. Null, the default: no limit;
    /// at least 64 KiB. Between folders nothing is limited. s5cmd knows no such limit, so the built-in backend moves everything, and it is an error to ask for
    /// <see cref="TransferBackend.S5cmd"/>.
    /// </summary>
    public long? BandwidthBytesPerSecond { get; init; }

    /// <summary>Objects larger than this, in bytes, are moved in parts.</summary>
    internal long LargestWhole => PartSizeBytes ?? PartLayout.DefaultSize;

    /// <summary>Small objects in flight at once, at most, where it is measured how many pay.</summary>
    internal int MeasuredConcurrency => Concurrency ?? 256;

    /// <summary>Small objects in flight at once where nobody measures that.</summary>
    internal int UnmeasuredConcurrency => Concurrency ?? ConcurrencyController.MostQueueing;

    /// <summary>Questions about objects that a store is asked at once: nobody measures whether more would be faster.</summary>
    internal int LookupConcurrency => Math.Min(UnmeasuredConcurrency, 32);
}
