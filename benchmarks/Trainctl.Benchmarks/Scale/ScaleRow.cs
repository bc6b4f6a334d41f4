using System.Globalization;

namespace Trainctl.Benchmarks.Scale;

/// <summary>One row of the table, read back.</summary>
/// <param name="Text">As it is printed.</param>
/// <param name="Objects">How many there were.</param>
/// <param name="Milliseconds">The median time.</param>
/// <param name="WorkingSetMebibytes">How far physical memory grew.</param>
/// <param name="Rows">Of the report.</param>
internal sealed record ScaleRow(string Text, double Objects, double Milliseconds, double WorkingSetMebibytes, double Rows)
{
    private const double FlatMebibytes = 64;

    /// <summary>Where rows are asked for, they and what they are made from may take so much each, at the most; garbage that nobody collected yet included.</summary>
    private const double KibibytesForEachRow = 4;

    /// <summary>Ten times the objects may take so many times ten times the time; quadratic work would take ten.</summary>
    private const double Linear = 4;

    private const double KibibytesOfMebibyte = 1024;

    public static ScaleRow Parse(string text)
    {
        var cells = text.Split('|', StringSplitOptions.TrimEntries);
        double Cell(int at) => double.Parse(cells[at], CultureInfo.InvariantCulture);
        return new ScaleRow(text, Cell(2), Cell(3), Cell(8), Cell(9));
    }

    /// <summary>What grows more than it may from the fewest objects to the most.</summary>
    public static IEnumerable<string> Problems(string operation, IReadOnlyList<ScaleRow> rows)
    {
        if (rows.Count < 2)
            yield break;
        var (few, many) = (rows.MinBy(static r => r.Objects)!, rows.MaxBy(static r => r.Objects)!);
        var growth = many.WorkingSetMebibytes - few.WorkingSetMebibytes;
        var allowed = FlatMebibytes + (many.Rows * KibibytesForEachRow / KibibytesOfMebibyte);
        if (growth > allowed)
            yield return string.Create(CultureInfo.InvariantCulture, $"{operation}: {growth:0} MiB more for {many.Objects:#,0} objects than for {few.Objects:#,0}, and {allowed:0} are allowed");
        var slowdown = many.Milliseconds / few.Milliseconds / (many.Objects / few.Objects);
        if (slowdown > Linear)
            yield return string.Create(CultureInfo.InvariantCulture, $"{operation}: {slowdown:0.0} times as long for each object of {many.Objects:#,0} as for each of {few.Objects:#,0}");
    }
}
