using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>What Trainctl.Cake.Frosting is compiled against is what it meets at run time.</summary>
public sealed class ReferenceAssemblyTests
{
    private static readonly string ReferenceDll = Path.Combine(AppContext.BaseDirectory, "Cake.Frosting.dll");

    [Test]
    [Category(RealFrosting.Category)]
    public async Task All_of_it_is_in_the_real_Cake_Frosting()
    {
        RealFrosting.Require();
        var build = FrostingBuild.FromExample(isReal: true);
        await build.CompileAsync();

        Assert.That(PublicSurface.Of(ReferenceDll).Except(PublicSurface.Of(build.FrostingDll)), Is.Empty);
    }

    [Test]
    public void It_has_the_identity_and_the_members_that_builds_bind_to() => Assert.That(PublicSurface.Of(ReferenceDll), Is.SupersetOf(new[]
    {
        "Cake.Frosting 7.0.0.0",
        "System.Threading.Tasks.Task Cake.Frosting.AsyncFrostingTask`1::RunAsync(T) static=False overridable=True abstract=False ",
        "Cake.Frosting.CakeHost Cake.Frosting.CakeHost::AddAssembly(System.Reflection.Assembly) static=False overridable=False abstract=False ",
    }));
}
