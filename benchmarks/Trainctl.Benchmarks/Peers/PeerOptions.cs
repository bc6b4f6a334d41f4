using System.Globalization;

namespace Trainctl.Benchmarks.Peers;

/// <summary>What to compare, and with what.</summary>
internal sealed record PeerOptions
{
    public const string Usage = "peers [--tool=FILE] [--server=DLL] [--bare=FILE] [--rows=NAME,NAME...] [--pairs=N] [--scale=0.1] [--crc-store] [--tls] [--round-trip=MILLISECONDS] [--folder=DIR] [--output=DIR]";

    /// <summary>The trainctl to measure. Default: the one on <c>PATH</c>.</summary>
    public string Tool { get; init; } = "trainctl";

    /// <summary>The built test server, which is started and, between pairs, restarted. Null: the store of the variables that tests use.</summary>
    public string? Server { get; init; }

    /// <summary>The client that moves bytes and does nothing else, to take turns too. Null: it does not.</summary>
    public string? Bare { get; init; }

    /// <summary>Names of rows. Default: all.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [.. PeerRow.All.Select(static r => r.Name)];

    /// <summary>Counted runs of each program. Default 5; one more goes before them and is not counted.</summary>
    public int Pairs { get; init; } = 5;

    /// <summary>A factor for numbers of files, and for the size of a single one, for a quick look. Default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether the store keeps CRC checksums, which another goal counts for. Default: it does not.</summary>
    public bool IsCrcStore { get; init; }

    /// <summary>Whether the store is reached over TLS. Default: over plain HTTP.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>How far away the store is to be. Default: as far as it is.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Where files to upload and downloads go; 3.5 GiB at most. Default: the system's folder for temporary files.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Where the table and the chart go.</summary>
    public string Output { get; init; } = "artifacts/bench";

    /// <exception cref="FormatException">An argument makes no sense.</exception>
    public static PeerOptions Parse(IEnumerable<string> arguments)
    {
        var options = new PeerOptions();
        foreach (var argument in arguments)
        {
            var (name, value) = argument.Split('=', 2) is [var before, var after] ? (before, after) : (argument, "");
            options = name switch
            {
                "--tool" => options with { Tool = Path.GetFullPath(value) },
                "--server" => options with { Server = Path.GetFullPath(value) },
                "--bare" => options with { Bare = Path.GetFullPath(value) },
                "--rows" => options with { Rows = [.. value.Split(',').Select(Known)] },
                "--pairs" when int.TryParse(value, CultureInfo.InvariantCulture, out var pairs) && pairs > 0 => options with { Pairs = pairs },
                "--scale" when double.TryParse(value, CultureInfo.InvariantCulture, out var scale) && scale is > 0 and <= 1 => options with { Scale = scale },
                "--crc-store" => options with { IsCrcStore = true },
                "--tls" => options with { IsEncrypted = true },
                "--round-trip" when int.TryParse(value, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0 => options with { RoundTrip = TimeSpan.FromMilliseconds(milliseconds) },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--output" => options with { Output = Path.GetFullPath(value) },
                _ => throw new FormatException($"'{argument}' makes no sense. Usage: {Usage}"),
            };
        }

        return options is { Bare: not null, IsEncrypted: true } ? throw new FormatException("The bare client speaks no TLS.") : options;
    }

    private static string Known(string row) => PeerRow.All.Any(r => r.Name == row)
        ? row
        : throw new FormatException($"There is no row '{row}'. Rows are {string.Join(", ", PeerRow.All.Select(static r => r.Name))}.");
}
