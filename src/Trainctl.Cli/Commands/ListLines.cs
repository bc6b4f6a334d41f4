using System.Globalization;
using System.Text;
using Trainctl.Cli.Output;
using Trainctl.Reporting;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary>One line for each entry and nothing else on standard output, so that it can be piped; the total is for a person.</summary>
internal sealed class ListLines(Invocation run, bool isHuman)
{
    // Sizes below 10 GB, which nearly all have, stand in a column. A wider one would need all sizes first.
    private const int SizeWidth = 10;

    /// <summary>Standard output is written through at each call, so not for each line.</summary>
    private const int BatchLength = 32 * 1024;

    private readonly StringBuilder _batch = new();
    private long _objects;
    private long _bytes;

    public void Add(ListedEntry entry)
    {
        var size = isHuman ? HumanText.Size(entry.Size) : entry.Size.ToString(CultureInfo.InvariantCulture);
        var key = CliOutput.Printable(entry.Key.ReplaceLineEndings("?"));
        _batch.Append(HumanText.Time(entry.ModifiedAt)).Append("  ").Append(size.PadLeft(SizeWidth)).Append("  ").AppendLine(key);
        _objects += entry.Objects;
        _bytes += entry.Size;
        if (_batch.Length >= BatchLength)
            Flush();
    }

    public void Flush()
    {
        run.Output.WriteLines(_batch);
        _batch.Clear();
    }

    public void Total()
    {
        if (run.Host.IsErrorTerminal)
            run.Output.Info($"{HumanText.Count(_objects, "object")}, {HumanText.Size(_bytes)}.");
    }
}
