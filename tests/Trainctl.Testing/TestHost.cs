namespace Trainctl.Testing;

/// <summary>An engine host that sees one folder and no environment.</summary>
public static class TestHost
{
    public static EngineHost For(TemporaryFolder folder) => new()
    {
        WorkingDirectory = folder.Path,
        Environment = static _ => null,
    };

    public static TrainctlEngine Engine(TemporaryFolder folder) => new(For(folder));
}
