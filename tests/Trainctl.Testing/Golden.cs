using System.Runtime.CompilerServices;
using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>
/// Compares a text with <c>Class.Name.verified.txt</c> beside its test. TRAINCTL_UPDATE_GOLDENS=1 rewrites the files; a person reviews the difference.
/// </summary>
public static class Golden
{
    public static void Verify(string actual, string name, [CallerFilePath] string testFile = "")
    {
        var source = Repository.SourcePath(testFile);
        var path = Path.Join(Path.GetDirectoryName(source), $"{Path.GetFileNameWithoutExtension(source)}.{name}.verified.txt");
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, actual);
        Assert.That(File.Exists(path), Is.True, $"{path} is missing. Run once with TRAINCTL_UPDATE_GOLDENS=1 and review what it writes.");
        Assert.That(actual, Is.EqualTo(File.ReadAllText(path).ReplaceLineEndings("\n")));
    }
}
