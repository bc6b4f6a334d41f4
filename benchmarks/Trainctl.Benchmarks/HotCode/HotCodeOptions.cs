namespace Trainctl.Benchmarks.HotCode;

/// <summary>What to look at, and where what was seen goes.</summary>
internal sealed record HotCodeOptions
{
    public const string Usage = "hot-code --tool=FILE --output=FILE [--server=DLL]";

    /// <summary>A native trainctl with its symbols.</summary>
    public string Tool { get; init; } = "";

    /// <summary>The file that lists the methods.</summary>
    public string Output { get; init; } = "";

    /// <summary>The built test server. Null: the store of the variables that tests use.</summary>
    public string? Server { get; init; }

    /// <exception cref="FormatException">An argument makes no sense, or one is missing.</exception>
    public static HotCodeOptions Parse(IEnumerable<string> arguments)
    {
        var options = new HotCodeOptions();
        foreach (var argument in arguments)
        {
            var (name, value) = argument.Split('=', 2) is [var before, var after] ? (before, after) : (argument, "");
            options = name switch
            {
                "--tool" => options with { Tool = Path.GetFullPath(value) },
                "--output" => options with { Output = Path.GetFullPath(value) },
                "--server" => options with { Server = Path.GetFullPath(value) },
                _ => throw new FormatException($"'{argument}' makes no sense. Usage: {Usage}"),
            };
        }

        return options is { Tool.Length: > 0, Output.Length: > 0 } ? options : throw new FormatException($"Usage: {Usage}");
    }
}
