using System.Text;
using Trainctl.Diagnostics;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>Pointers that are a short text: the name or path of a checkpoint, perhaps with a line end.</summary>
internal static class PointerText
{
    /// <summary>Longer than any path.</summary>
    private const int MaxLength = 8192;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What the pointer says; empty for an empty file, which a crash leaves and which names nothing.</summary>
    /// <exception cref="TrainctlException">It is no text, so that nobody knows what it names.</exception>
    public static async Task<string> ReadAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        try
        {
            var content = pointer.Object.Size > MaxLength ? null : await inspector.ReadTextAsync(pointer.Object, cancellationToken).ConfigureAwait(false);
            var text = content is null ? null : Strict.GetString(content).Trim();
            return text is null || text.Any(char.IsControl) ? throw Unreadable(pointer) : text;
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable(pointer);
        }
    }

    /// <summary>What an empty pointer is read as.</summary>
    public static PointerReading Empty { get; } = new() { Problem = "it is empty, so it names nothing" };

    /// <summary>The last segment of a path, whichever separator it has.</summary>
    public static string LastSegment(string path)
    {
        var trimmed = path.TrimEnd('/', '\\');
        return trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    public static TrainctlException Unreadable(PointerClaim pointer) => new(
        TrainctlError.UnreadablePointer,
        $"'{pointer.Object.Key}' names a checkpoint, and what it says cannot be understood. Restore or delete it, or wait until training has written it.",
        pointer.Object.Key);
}
