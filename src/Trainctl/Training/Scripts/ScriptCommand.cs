namespace Trainctl.Training.Scripts;

/// <summary>What to start.</summary>
/// <param name="Program">A path, or a name on <c>PATH</c>.</param>
/// <param name="Arguments">Word by word.</param>
internal sealed record ScriptCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that it gets besides those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
