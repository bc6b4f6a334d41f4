using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>Where nobody reads what was skipped, so that a lack must be a failure.</summary>
public static class ContinuousIntegration
{
    /// <summary>Whether the variable CI says so.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("CI") is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Says that a test could not mount what it needs. The test is ignored, loudly, and fails where the variable CI is set and root runs it, who mostly can.
    /// </summary>
    public static Exception NoMount(string message)
    {
        // What goes to Progress is hidden by test runners.
        TestContext.Error.WriteLine(message);
        return Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && IsOn ? new AssertionException(message) : new IgnoreException(message);
    }
}
