using System.IO.Compression;
using System.Xml.Linq;

namespace Trainctl.Cake.Frosting.Tests;

public sealed class PackageTests
{
    [Test]
    public void The_package_depends_on_the_engine_and_on_the_Cake_Frosting_of_its_users()
    {
        using var package = ZipFile.OpenRead(Path.Combine(PackedPackages.Feed, $"Trainctl.Cake.Frosting.{PackedPackages.Version}.nupkg"));
        using var nuspec = package.GetEntry("Trainctl.Cake.Frosting.nuspec")!.Open();
        var dependencies = XDocument.Load(nuspec).Descendants().Where(static element => element.Name.LocalName == "dependency")
            .Select(static element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}");

        Assert.Multiple(() =>
        {
            Assert.That(dependencies, Is.EquivalentTo(new[] { "Cake.Frosting 7.0.0", $"Trainctl {PackedPackages.Version}" }));
            Assert.That(
                package.Entries.Select(static entry => entry.Name).Where(static name => name.EndsWith(".dll", StringComparison.Ordinal)),
                Is.EqualTo(new[] { "Trainctl.Cake.Frosting.dll" }),
                "the reference assembly is not for running");
        });
    }

    [Test]
    public Task The_example_compiles_from_the_package() => FrostingBuild.FromExample(isReal: false).CompileAsync();
}
