using System.Globalization;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>What to compare.</summary>
internal sealed record HostOptions
{
    public const string Usage = "hosts --tool=FILE --packages=DIR [--server=DLL] [--rows=NAME,NAME...] [--pairs=N] [--operations=N] [--scale=0.1] [--folder=DIR] [--output=DIR]";

    /// <summary>The trainctl to compare with. Default: the one on <c>PATH</c>.</summary>
    public string Tool { get; init; } = "trainctl";

    /// <summary>The folder with the packages for Cake and MSBuild, one version of each.</summary>
    public string Packages { get; init; } = "artifacts/bench/packages";

    /// <summary>The built test server. Null: the store of the variables that tests use.</summary>
    public string? Server { get; init; }

    /// <summary>Names of rows. Default: all.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [.. HostRow.All.Select(static r => r.Name)];

    /// <summary>Counted processes of each. Default 3; one more goes before them and is not counted.</summary>
    public int Pairs { get; init; } = 3;

    /// <summary>How often each process does the same. The last quarter of them counts; the first, in which code is compiled and connections are made, is told besides. Default 2.</summary>
    public int Operations { get; init; } = 2;

    /// <summary>A factor for numbers of files, and for the size of a single one, for a quick look. Default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Where files to upload and downloads go; 1 GiB at most. Default: the system's folder for temporary files.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Where the table goes.</summary>
    public string Output { get; init; } = "artifacts/bench";

    /// <exception cref="FormatException">An argument makes no sense.</exception>
    public static HostOptions Parse(IEnumerable<string> arguments)
    {
        var options = new HostOptions();
        foreach (var argument in arguments)
        {
            var (name, value) = argument.Split('=', 2) is [var before, var after] ? (before, after) : (argument, "");
            options = name switch
            {
                "--tool" => options with { Tool = Path.GetFullPath(value) },
                "--packages" => options with { Packages = Path.GetFullPath(value) },
                "--server" => options with { Server = Path.GetFullPath(value) },
                "--rows" => options with { Rows = [.. value.Split(',').Select(Known)] },
                "--pairs" when int.TryParse(value, CultureInfo.InvariantCulture, out var pairs) && pairs > 0 => options with { Pairs = pairs },
                "--operations" when int.TryParse(value, CultureInfo.InvariantCulture, out var operations) && operations > 1 => options with { Operations = operations },
                "--scale" when double.TryParse(value, CultureInfo.InvariantCulture, out var scale) && scale is > 0 and <= 1 => options with { Scale = scale },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--output" => options with { Output = Path.GetFullPath(value) },
                _ => throw new FormatException($"'{argument}' makes no sense. Usage: {Usage}"),
            };
        }

        return options;
    }

    private static string Known(string row) => HostRow.All.Any(r => r.Name == row)
        ? row
        : throw new FormatException($"There is no row '{row}'. Rows are {string.Join(", ", HostRow.All.Select(static r => r.Name))}.");
}
