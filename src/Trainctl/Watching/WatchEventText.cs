using System.Globalization;
using Trainctl.Reporting;

namespace Trainctl.Watching;

/// <summary>Events as lines for people.</summary>
public static class WatchEventText
{
    /// <summary>
    /// One event as one line, without a line end: time, kind, size, key, and what is known besides. Control characters are made visible.
    /// </summary>
    public static string Line(WatchEvent seen)
    {
        var kind = seen.Kind switch
        {
            WatchEventKind.Created => "created",
            WatchEventKind.Changed => "changed",
            WatchEventKind.Deleted => "deleted",
            _ => "problem",
        };
        var size = seen.Size is { } bytes ? HumanText.Size(bytes) : "-";
        var line = $"{HumanText.Time(seen.SeenAt)}  {kind}  {size,8}  {(seen.Key.Length > 0 ? seen.Key : seen.Url)}{string.Concat(Details(seen).Select(static d => "  " + d))}";
        return VisibleText.Of(line);
    }

    private static IEnumerable<string> Details(WatchEvent seen)
    {
        if (seen.Checkpoint is { } checkpoint)
            yield return string.Join(' ', Facts(checkpoint));
        if (seen.Error is { } error)
            yield return seen.ErrorCode is { } code ? $"{code}: {error}" : error;
        if (seen.Command?.Error is { } failure)
            yield return failure;
    }

    private static IEnumerable<string> Facts(WatchedCheckpoint checkpoint)
    {
        yield return checkpoint.Layout;
        if (checkpoint.Step is { } step)
            yield return string.Create(CultureInfo.InvariantCulture, $"step={step}");
        if (checkpoint.Epoch is { } epoch)
            yield return string.Create(CultureInfo.InvariantCulture, $"epoch={epoch}");
        foreach (var (name, value) in checkpoint.Metrics.OrderBy(static m => m.Key, StringComparer.Ordinal))
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
    }
}
