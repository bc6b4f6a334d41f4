using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>Manifests as JSON.</summary>
internal static class ManifestJson
{
    public static byte[] Write(Manifest manifest) => [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJsonContext.Default.Manifest), (byte)'\n'];

    /// <summary>Reads a manifest, or null when the content is none.</summary>
    /// <exception cref="TrainctlException">It is one of a newer Trainctl, about which nothing can be said.</exception>
    public static Manifest? Read(byte[] content, string key)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1)
            {
                return null;
            }

            if (number > Manifest.CurrentVersion)
            {
                throw new TrainctlException(
                    TrainctlError.InvalidFile,
                    $"The manifest '{key}' has version {number}, and this Trainctl reads up to version {Manifest.CurrentVersion}. Update Trainctl.",
                    key);
            }

            var manifest = json.RootElement.Deserialize(ManifestJsonContext.Default.Manifest);
            return manifest is { Objects: not null, Metrics: not null, NonFiniteMetrics: not null } && manifest.Objects.All(IsValid)
                && manifest.Objects.DistinctBy(static e => e.Key, StringComparer.Ordinal).Count() == manifest.Objects.Count
                ? manifest
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsValid(ManifestObject? entry) =>
        entry is { Key.Length: > 0, Size: >= 0 } && Checksum.TryParse(entry.Checksum, out _);
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
