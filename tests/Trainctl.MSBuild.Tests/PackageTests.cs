using Trainctl.Testing;

namespace Trainctl.MSBuild.Tests;

/// <summary>Native code is packed where it can be made, which is the system and the processor that it is for.</summary>
public sealed class PackageTests
{
    [Test]
    public void What_the_tasks_bring_for_64_bit_Linux_is_the_same_code_made_native_and_for_others_is_portable() => PackedAssembly.AssertNativeBesidePortable(
        Path.Join(PackedPackage.Feed, $"Trainctl.MSBuild.{PackedPackage.Version}.nupkg"), "tasks/net10.0/", "tasks/net10.0/linux-x64/", "Trainctl.MSBuild.dll");

    [Test]
    public async Task Tasks_run_native_code_where_there_is_some_and_portable_code_on_any_other_runtime()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);

        var (exitCode, output) = await project.BuildAsync("-t:StageData", "-v:diag");
        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Match($"Using \"Trainctl.MSBuild.StageData\" task from assembly \".*/tasks/net10.0/{(PackedAssembly.IsNativeHere ? "linux-x64/" : "")}Trainctl.MSBuild.dll\""));

        (exitCode, output) = await project.BuildAsync("-t:StageData", "-v:diag", "-p:TrainctlTaskRuntime=osx-arm64");
        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Match("Using \"Trainctl.MSBuild.StageData\" task from assembly \".*/tasks/net10.0/Trainctl.MSBuild.dll\""));
        Assert.That(output, Does.Contain("1 object unchanged"));
    }
}
