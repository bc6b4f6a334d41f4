using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>Finding out whether a file system ignores case. The look-up of one that does is played; the names are on the disk.</summary>
public sealed class NameCaseTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("to", "name", false)]
    [TestCase("to", "12", true)]
    [TestCase("not/there/yet", "name", false)]
    public void It_is_found_by_looking_up_a_name_in_the_other_case(string folder, string name, bool needsFile)
    {
        _folder.Write("to/" + name, "");
        var before = _folder.Files();

        foreach (var mayWrite in (bool[])[true, false])
        {
            foreach (var isIgnored in (bool[])[true, false])
                Assert.That(NameCase.IsIgnoredIn(_folder.Combine(folder), mayWrite, LookUp(isIgnored)), Is.EqualTo(needsFile && !mayWrite ? null : (bool?)isIgnored));
        }

        Assert.That(_folder.Files(), Is.EqualTo(before));
    }

    [Test]
    [Platform("Linux", Reason = "Names in two cases are put side by side.")]
    public void Two_names_side_by_side_are_two()
    {
        _folder.Write("to/name", "");
        _folder.Write("to/NAME", "");

        Assert.That(NameCase.IsIgnoredIn(_folder.Combine("to"), mayWrite: true), Is.False);
    }

    [Test]
    [Platform("Linux", Reason = "Its disks do not ignore case, but for some.")]
    public void The_disk_itself_is_asked() => Assert.That(NameCase.IsIgnoredIn(_folder.Combine("empty"), mayWrite: true), Is.False);

    private static Func<string, bool> LookUp(bool ignoresCase) => path =>
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!, "*", new EnumerationOptions { AttributesToSkip = 0 })
            .Contains(path, ignoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
}
