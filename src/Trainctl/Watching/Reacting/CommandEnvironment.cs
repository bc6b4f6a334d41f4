using System.Globalization;

namespace Trainctl.Watching.Reacting;

/// <summary>
/// An event as environment variables. Pure. None has the name of one that <c>trainctl</c> reads as an option: it may be what the command runs.
/// </summary>
internal static class CommandEnvironment
{
    /// <summary>By name; null where the event has no such value, so that none is passed on from the watch's own environment.</summary>
    public static IReadOnlyDictionary<string, string?> Of(WatchEvent seen, string location) => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["TRAINCTL_EVENT"] = seen.Kind switch
        {
            WatchEventKind.Created => "created",
            WatchEventKind.Changed => "changed",
            _ => "deleted",
        },
        ["TRAINCTL_LOCATION"] = location,
        ["TRAINCTL_KEY"] = seen.Key,
        ["TRAINCTL_URL"] = seen.Url,
        ["TRAINCTL_SIZE"] = seen.Size?.ToString(CultureInfo.InvariantCulture),
        ["TRAINCTL_MODIFIED_AT"] = Text(seen.ModifiedAt),
        ["TRAINCTL_SEEN_AT"] = Text(seen.SeenAt),
        ["TRAINCTL_ETAG"] = seen.ETag,
        ["TRAINCTL_EVENT_LAYOUT"] = seen.Checkpoint?.Layout,
        ["TRAINCTL_RUN"] = seen.Checkpoint?.Run,
        ["TRAINCTL_STEP"] = seen.Checkpoint?.Step?.ToString(CultureInfo.InvariantCulture),
        ["TRAINCTL_EPOCH"] = seen.Checkpoint?.Epoch?.ToString(CultureInfo.InvariantCulture),
    };

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
