using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainctl.Cli.Output;

/// <summary>A failure as JSON; described in <c>docs/reports.md</c>.</summary>
internal static class ErrorJson
{
    private static readonly ErrorJsonContext OnOneLine = new(new JsonSerializerOptions(ErrorJsonContext.Default.Options) { WriteIndented = false });

    public static string Serialize(string? code, string message, string? subject, int exitCode, bool isLine = false) =>
        JsonSerializer.Serialize(
            new ErrorDocument(new ErrorDescription(code, message, subject, exitCode)), (isLine ? OnOneLine : ErrorJsonContext.Default).ErrorDocument) + "\n";
}

/// <summary>What <c>--json</c> prints when an operation could not be done.</summary>
internal sealed record ErrorDocument(ErrorDescription Error);

/// <summary>Why.</summary>
internal sealed record ErrorDescription(string? Code, string Message, string? Subject, int ExitCode);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ErrorJsonContext : JsonSerializerContext;
