using System.Globalization;

namespace Trainctl.Testing;

/// <summary>
/// How many random cases a property test tries. Small, so that everybody runs them; <c>TRAINCTL_TEST_SEARCH=100</c> tries a hundred times as many.
/// </summary>
public static class SearchSize
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("TRAINCTL_TEST_SEARCH"), NumberStyles.None, CultureInfo.InvariantCulture, out var factor) && factor > 0
            ? factor
            : 1;

    /// <summary>The number for a test that tries so many by default.</summary>
    public static int Of(int cases) => cases * Factor;
}
