namespace Trainctl.Testing;

/// <summary>Where nobody reads what was skipped, so that a lack must be a failure.</summary>
public static class ContinuousIntegration
{
    /// <summary>Whether the variable CI says so.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("CI") is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));
}
