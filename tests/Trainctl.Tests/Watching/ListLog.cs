using Trainctl.Diagnostics;

namespace Trainctl.Tests.Watching;

/// <summary>Keeps what it is told.</summary>
internal sealed class ListLog : ITrainctlLog
{
    public List<string> Infos { get; } = [];

    public List<string> Warnings { get; } = [];

    public void Debug(string message)
    {
    }

    public void Info(string message) => Infos.Add(message);

    public void Warning(string message) => Warnings.Add(message);
}
