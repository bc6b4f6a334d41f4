using System.Text;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The table of all settings in <c>docs/settings.md</c> is what the code says. TRAINCTL_UPDATE_GOLDENS=1 rewrites it.</summary>
public sealed class SettingsTableTests
{
    private const string Start = "<!-- table -->\n";

    /// <summary>What is not an option: the arguments of a command, and what only a program can give.</summary>
    private static readonly HashSet<string> NoOptions =
    [
        "StageDataSettings.Source", "StageDataSettings.Destination", "UploadCheckpointsSettings.Source", "UploadCheckpointsSettings.Destination",
        "PruneCheckpointsSettings.Location", "ReviewArtifactsSettings.Location", "SyncSettings.Source", "SyncSettings.Destination", "CopySettings.Source",
        "CopySettings.Destination", "ListSettings.Location", "WatchSettings.Location", "ListCheckpointsSettings.Location", "VerifyCheckpointsSettings.Location",
        "RestoreCheckpointsSettings.Location", "ApplyPrunePlanSettings.PlanFile", "RunTrainingSettings.Script", "RunTrainingSettings.Arguments",
    ];

    [Test]
    public void The_page_lists_every_setting_and_its_option()
    {
        var path = Path.Combine(Repository.Root, "docs", "settings.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var expected = page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)] + Table();
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, page = expected);

        Assert.That(page, Is.EqualTo(expected));
    }

    [Test]
    public void Every_setting_has_an_option() => Assert.That(
        SettingsTable.Rows().Where(static r => r.Option.Length == 0).Select(static r => $"{r.Record}.{r.Property}").Where(name => !NoOptions.Contains(name))
            // Reading encrypts nothing.
            .Where(static name => !name.EndsWith("Store.ServerSideEncryption", StringComparison.Ordinal) && !name.EndsWith("Store.KmsKeyId", StringComparison.Ordinal)),
        Is.Empty);

    private static string Table()
    {
        var text = new StringBuilder();
        foreach (var record in SettingsTable.Rows().GroupBy(static r => r.Record))
        {
            text.Append("\n## ").Append(record.Key).Append("\n\n| Setting | Type | Default | Command line |\n|---|---|---|---|\n");
            foreach (var (_, property, type, value, option) in record)
                text.Append("| `").Append(property).Append("` | ").Append(type).Append(" | ").Append(Shown(record.Key, property, value)).Append(" | ").Append(option.Length > 0 ? $"`{option}`" : NoOptions.Contains($"{record.Key}.{property}") ? "argument" : "").Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>What a required setting is given here is no default.</summary>
    private static string Shown(string record, string property, string value) => NoOptions.Contains($"{record}.{property}") ? "required" : value.Length == 0 ? "none" : $"`{value}`";
}
