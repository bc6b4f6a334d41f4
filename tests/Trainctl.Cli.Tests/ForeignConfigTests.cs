using Trainctl.Cli.Configuration;
using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Testing.Fuzzing;

namespace Trainctl.Cli.Tests;

/// <summary>Damaged configuration files.</summary>
public sealed class ForeignConfigTests
{
    [Test]
    public void Any_configuration_file_is_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        var host = new CliHost { WorkingDirectory = folder.Path, Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };
        var keepLast = ConfigSettings.All.Single(static s => s.ConfigName == "keepLastN");
        ForeignBytes.AreSurvived(
            ["""{ /* why */ "$schema": "x", "retention": { "keepLastN": 2, "keepSteps": [1, 2], }, "store": { "endpointUrl": "http://127.0.0.1:1", "region": null } }"""u8.ToArray()],
            content =>
            {
                File.WriteAllBytes(folder.Combine(ConfigFile.FileName), content);
                return ConfigFile.Find(host, isUnwanted: false).Values(keepLast) is ["2"];
            },
            declared: TrainctlError.InvalidFile);
    }
}
