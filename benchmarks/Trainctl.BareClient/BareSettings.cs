using System.Globalization;

namespace Trainctl.BareClient;

internal sealed record BareSettings
{
    /// <summary>So many at once. Default: 16 while objects are small, 3 for larger ones; more or fewer were not faster.</summary>
    public int? Connections { get; init; }

    /// <summary>Larger objects go in parts of so many bytes. Default 16 MiB.</summary>
    public int Part { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether the SHA-256 of what is uploaded is left out of the signature. Default: it is in.</summary>
    public bool IsUnsigned { get; init; }

    public int ConnectionsFor(long largest) => Connections ?? (largest <= 1024 * 1024 ? 16 : 3);

    /// <exception cref="FormatException">An argument makes no sense.</exception>
    public static BareSettings Parse(IEnumerable<string> arguments)
    {
        var settings = new BareSettings();
        foreach (var argument in arguments)
        {
            settings = argument.Split('=') switch
            {
                ["--connections", var value] => settings with { Connections = Number(value) },
                ["--part", var value] => settings with { Part = Number(value) },
                ["--unsigned"] => settings with { IsUnsigned = true },
                _ => throw new FormatException($"'{argument}' makes no sense."),
            };
        }

        return settings;
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new FormatException($"'{text}' is not a number above 0.");
}
