using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Core;

namespace Trainctl.Testing;

/// <summary>
/// How a property test searches: among other random cases on each run. One that fails prints its seed, such as <c>(1684613206,7296101)</c>, and three numbers to replay the step that failed;
/// <c>TRAINCTL_TEST_SEED=1684613206,7296101</c> has every property test begin with that seed, and three numbers with that step.
/// </summary>
public static class PropertySearch
{
    private static readonly Replay? Seed = Parse(Environment.GetEnvironmentVariable("TRAINCTL_TEST_SEED"));

    /// <summary>For a test that tries so many cases by default, see <see cref="SearchSize"/>.</summary>
    public static Config Of(int cases)
    {
        var search = Config.QuickThrowOnFailure.WithMaxTest(SearchSize.Of(cases));
        return Seed is null ? search : search.WithReplay(FSharpOption<Replay>.Some(Seed));
    }

    /// <summary>A seed as it is printed, with its brackets or without.</summary>
    private static Replay? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var numbers = text.Trim('(', ')', ' ').Split(',');
        if (numbers.Length is not (2 or 3) || !Array.TrueForAll(numbers, static n => ulong.TryParse(n, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)))
            throw new FormatException($"TRAINCTL_TEST_SEED is '{text}'; it must be two numbers with a comma between them, or three, as a failed test prints them.");
        var size = numbers.Length == 3 ? FSharpOption<int>.Some(int.Parse(numbers[2], CultureInfo.InvariantCulture)) : FSharpOption<int>.None;
        return new Replay(new Rnd(Number(0), Number(1)), size);

        ulong Number(int i) => ulong.Parse(numbers[i], CultureInfo.InvariantCulture);
    }
}
