using PublicApiGenerator;
using Trainctl.Testing;

namespace Trainctl.MSBuild.Tests;

/// <summary>The tasks' public surface, which projects are written against, is a reviewed file: a change of it shows in the diff.</summary>
public sealed class PublicApiTests
{
    [Test]
    public void The_public_api_is_the_reviewed_one() => Golden.Verify(
        typeof(TrainctlTask).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n"), "Trainctl.MSBuild");
}
