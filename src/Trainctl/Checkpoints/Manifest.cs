using System.Collections.ObjectModel;

namespace Trainctl.Checkpoints;

/// <summary>
/// What a published checkpoint consists of. Written after all its objects, so that a reader who finds it finds a whole checkpoint.
/// Its key: <c>.trainctl-manifest.json</c> inside a folder, <c>NAME.trainctl-manifest.json</c> beside a file or a set of shards.
/// </summary>
public sealed record Manifest
{
    /// <summary>The schema that this version writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Name inside a folder, and the end of the name beside a file.</summary>
    public const string FileName = ".trainctl-manifest.json";

    /// <summary>Version of the schema.</summary>
    public required int Version { get; init; }

    /// <summary>Which framework's layout the checkpoint has.</summary>
    public required string Layout { get; init; }

    /// <summary>Last segment of the checkpoint's path.</summary>
    public required string Name { get; init; }

    /// <summary>Optimizer step, where known.</summary>
    public long? Step { get; init; }

    /// <summary>Epoch, where known.</summary>
    public double? Epoch { get; init; }

    /// <summary>Metrics at this checkpoint.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Names of metrics that were recorded without a finite value.</summary>
    public IReadOnlyList<string> NonFiniteMetrics { get; init; } = [];

    /// <summary>When the checkpoint was saved by its framework; not when it was published.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>All objects but the manifest, in the order of keys.</summary>
    public required IReadOnlyList<ManifestObject> Objects { get; init; }

    /// <summary>Whether a key is that of a manifest.</summary>
    public static bool IsManifestKey(string key) => key.EndsWith(FileName, StringComparison.Ordinal);
}

/// <summary>One object of a <see cref="Manifest"/>.</summary>
public sealed record ManifestObject
{
    /// <summary>Key relative to the checkpoint's folder, or to the folder of its files.</summary>
    public required string Key { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Checksum of the content, as <see cref="Storage.Checksum.ToString"/> writes it.</summary>
    public required string Checksum { get; init; }

    /// <summary>When the content was last modified where it was published from.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }
}
