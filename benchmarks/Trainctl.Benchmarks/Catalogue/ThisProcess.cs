namespace Trainctl.Benchmarks.Catalogue;

/// <summary>The engine's host with this process's environment: endpoint, credentials and region are those of the AWS variables and profiles.</summary>
internal static class ThisProcess
{
    public static EngineHost Host { get; } = new()
    {
        WorkingDirectory = Environment.CurrentDirectory,
        Environment = Environment.GetEnvironmentVariable,
    };
}
