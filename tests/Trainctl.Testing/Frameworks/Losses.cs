namespace Trainctl.Testing.Frameworks;

/// <summary>How the runs of the tests went.</summary>
public static class Losses
{
    /// <summary>The loss at a step; the lowest one is neither the first nor the last.</summary>
    public static double At(int step) => step switch { 10 => 0.5, 20 => 0.2, 30 => 0.1, 40 => 0.3, _ => 0.4 };
}
