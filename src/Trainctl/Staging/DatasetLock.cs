using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Staging;

/// <summary>What a dataset is: the content of <c>datasets.lock.json</c>. Written in key order, so that a diff shows what changed.</summary>
internal sealed record DatasetLock
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>Where it was fetched from, as the settings say it. ETags and versions mean something only there.</summary>
    public required string Source { get; init; }

    public required IReadOnlyList<LockedObject> Objects { get; init; }

    public static async Task<DatasetLock?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, exception.Message, exception);
        }

        try
        {
            var read = JsonSerializer.Deserialize(content, DatasetLockJson.Default.DatasetLock) ?? throw Invalid(path, "it holds null.", null);
            if (read.Version != CurrentVersion)
                throw Invalid(path, $"its version is {read.Version}, and this Trainctl reads version {CurrentVersion}.", null);
            // JSON may hold null where the types say that there is none.
            if (read is not { Source: not null, Objects: not null } || read.Objects.Any(static o => o is not { Key.Length: > 0, Size: >= 0 }))
                throw Invalid(path, "an object has no key or a negative size, or there is no source.", null);
            if (read.Objects.GroupBy(static o => o.Key, StringComparer.Ordinal).FirstOrDefault(static g => g.Skip(1).Any()) is { } twice)
                throw Invalid(path, $"'{twice.Key}' is listed twice.", null);
            if (read.Objects.FirstOrDefault(static o => !Checksum.TryParse(o.Checksum, out _)) is { } broken)
                throw Invalid(path, $"the checksum of '{broken.Key}' is '{broken.Checksum}', and not crc64nvme: with 16 hex digits.", null);
            return read;
        }
        catch (JsonException exception)
        {
            throw Invalid(path, exception.Message, exception);
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, DatasetLockJson.Default.DatasetLock), (byte)'\n'];

    private static TrainctlException Invalid(string path, string why, Exception? cause) => new(
        TrainctlError.InvalidFile,
        $"The lock file '{path}' cannot be read: {why} Take it from version control again, or write it anew by staging with UpdateLock.",
        path,
        cause);
}

/// <summary>One object of a lock file.</summary>
internal sealed record LockedObject
{
    public required string Key { get; init; }

    public required long Size { get; init; }

    public required string Checksum { get; init; }

    public string? ETag { get; init; }

    public string? VersionId { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DatasetLock))]
internal sealed partial class DatasetLockJson : JsonSerializerContext;
