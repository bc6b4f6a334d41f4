using Trainctl.Testing;

namespace Trainctl.Parity.Tests;

/// <summary>The tables of all settings in <c>docs/settings.md</c> are what the code says. TRAINCTL_UPDATE_GOLDENS=1 rewrites them.</summary>
public sealed class SettingsPageTests
{
    private const string Start = "<!-- table -->\n";

    [Test]
    public void The_page_lists_every_setting_and_its_name_in_every_front_end()
    {
        var path = Path.Combine(Repository.Root, "docs", "settings.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var expected = page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)] + SettingsPage.Tables();
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, page = expected);

        Assert.That(page, Is.EqualTo(expected));
    }
}
