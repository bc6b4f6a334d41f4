using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainctl.Transfer.S5cmd;

/// <summary>One line of <c>s5cmd --json</c>: an object that was moved, or an error (peak/s5cmd: log/message.go).</summary>
internal sealed record S5cmdMessage
{
    public string? Operation { get; init; }

    public bool Success { get; init; }

    /// <summary>As it stood in the command, unquoted.</summary>
    public string? Destination { get; init; }

    /// <summary>The command that failed, unquoted; not always with all its options.</summary>
    public string? Command { get; init; }

    public string? Error { get; init; }

    /// <summary>Whether an object was copied.</summary>
    public bool IsCopied => Success && Operation == "cp" && Error is null && Destination is not null;

    /// <summary>Reads a line; null when it is none of these: text of a crash, or half a line.</summary>
    public static S5cmdMessage? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, S5cmdMessageContext.Default.S5cmdMessage);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(S5cmdMessage))]
internal sealed partial class S5cmdMessageContext : JsonSerializerContext;
