using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Retention.Trashing;

/// <summary>
/// What one checkpoint in the trash consists of. Written before the first of its objects moves: a checkpoint is whole in the trash when all that its
/// record lists is there, so one that is half moved is known as such, and the next prune goes on where the last one ended.
/// </summary>
internal sealed record TrashRecord
{
    public const int CurrentVersion = 1;
    private const long MaxBytes = 256L * 1024 * 1024;

    public required int Version { get; init; }

    public required DateTimeOffset MovedAt { get; init; }

    public required PlannedUnit Unit { get; init; }

    /// <summary>Whether all of these objects are in the record, unchanged.</summary>
    public bool Covers(IEnumerable<PlannedObject> objects)
    {
        var recorded = Unit.Objects.ToDictionary(static o => o.Key, StringComparer.Ordinal);
        return objects.All(o => recorded.TryGetValue(o.Key, out var then) && !Drift.IsSeen(then.ToStored(), o.ToStored()));
    }

    public static Task<StoredObject> WriteAsync(IObjectStore store, string key, TrashRecord record, CancellationToken cancellationToken)
    {
        byte[] content = [.. JsonSerializer.SerializeToUtf8Bytes(record, TrashRecordJson.Default.TrashRecord), (byte)'\n'];
        return store.PutAsync(key, content, new PutOptions { Checksum = Crc64.Of(content) }, cancellationToken);
    }

    /// <summary>Reads a record; null when it is gone.</summary>
    /// <exception cref="TrainctlException">It cannot be read, is none, or is one of a newer version.</exception>
    public static async Task<TrashRecord?> ReadAsync(IObjectStore store, StoredObject found, CancellationToken cancellationToken)
    {
        try
        {
            var content = new byte[Math.Min(found.Size, MaxBytes)];
            await ContentReader.ReadAsync(store, found, null, content, cancellationToken).ConfigureAwait(false);
            var record = JsonSerializer.Deserialize(content, TrashRecordJson.Default.TrashRecord);
            if (record is { Version: CurrentVersion, Unit: { Path.Length: > 0, Layout: not null, Run: not null, Reasons: not null, Objects.Count: > 0 } }
                && record.Unit.Objects.All(static o => o is { Key.Length: > 0, Size: >= 0 })
                && record.Unit.Objects.DistinctBy(static o => o.Key, StringComparer.Ordinal).Count() == record.Unit.Objects.Count)
            {
                return record;
            }

            throw Invalid(store, found, record is { Version: > CurrentVersion } ? "it was written by a newer Trainctl; update this one." : "a field is missing, or an object is listed twice.", null);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            return null;
        }
        catch (JsonException exception)
        {
            throw Invalid(store, found, exception.Message, exception);
        }
    }

    private static TrainctlException Invalid(IObjectStore store, StoredObject found, string why, Exception? cause) =>
        new(TrainctlError.InvalidFile, $"'{store.Root.Append(found.Key)}', which says what is in the trash, cannot be used: {why}", found.Key, cause);
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrashRecord))]
internal sealed partial class TrashRecordJson : JsonSerializerContext;
