using System.Text.Json.Serialization;

namespace Trainctl.Transfer.Resuming;

/// <summary>The first line of a journal: what is on its way, and whereto.</summary>
internal sealed record JournalHead
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Names the destination for good; a journal found under its name by chance has another.</summary>
    public required string Destination { get; init; }

    /// <summary>Names what is sent and how it is to be stored; equal only where not one byte can differ.</summary>
    public required string Content { get; init; }

    /// <summary>Where it is read, for people.</summary>
    public required string Source { get; init; }

    /// <summary>Bytes of the whole object.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of each part but the last.</summary>
    public required long PartSize { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    [JsonIgnore]
    public bool IsValid => Version == CurrentVersion && Size > 0 && PartSize > 0;
}

/// <summary>Any later line: one thing that has happened.</summary>
internal sealed record JournalLine
{
    /// <summary>The store has begun an upload and gave it this name.</summary>
    public string? Upload { get; init; }

    /// <summary>A part has arrived.</summary>
    public JournalPart? Part { get; init; }
}

/// <summary>A part that has arrived.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Checksum">Of its bytes.</param>
/// <param name="Tag">What the store calls it; null for a file.</param>
internal sealed record JournalPart(int Number, string Checksum, string? Tag = null)
{
    [JsonIgnore]
    public Storage.Checksum? Digest => Storage.Checksum.TryParse(Checksum, out var checksum) ? checksum : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JournalHead))]
[JsonSerializable(typeof(JournalLine))]
[JsonSerializable(typeof(string[]), TypeInfoPropertyName = "Texts")]
internal sealed partial class JournalJson : JsonSerializerContext;
