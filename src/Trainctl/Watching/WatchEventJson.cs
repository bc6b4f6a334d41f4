using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainctl.Watching;

/// <summary>Events as lines of JSON, for machines. The schema is in <c>docs/watch.md</c>; fields are added, never renamed.</summary>
public static class WatchEventJson
{
    /// <summary>One event as one line, without a line end.</summary>
    public static string Line(WatchEvent seen) => JsonSerializer.Serialize(seen, WatchEventJsonContext.Default.WatchEvent);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WatchEvent))]
internal sealed partial class WatchEventJsonContext : JsonSerializerContext;
