using System.Text;
using Trainctl.Reporting;
using Trainctl.Storage.S3;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>The table of <c>docs/providers.md</c> is what the code does. TRAINCTL_UPDATE_GOLDENS=1 rewrites it.</summary>
public sealed class ProvidersPageTests
{
    private const string Start = "<!-- table -->\n";
    private const string End = "<!-- end -->\n";

    [Test]
    public void The_page_has_the_table_that_requests_are_made_by()
    {
        var path = Path.Combine(Repository.Root, "docs", "providers.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var expected = page[..(page.IndexOf(Start, StringComparison.Ordinal) + Start.Length)] + Table() + page[page.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, page = expected);

        Assert.That(page, Is.EqualTo(expected));
    }

    private static string Table()
    {
        var table = new StringBuilder("| | known by | address | proof | signed content | listing | deletes | If-None-Match | If-Match on delete | ETag | copy | object | region |\n");
        table.Append("|---|---|---|---|---|---|---|---|---|---|---:|---:|---|\n");
        foreach (var profile in ProviderProfile.All)
        {
            table.AppendJoin(" | ", (string[])
            [
                $"| `{profile.Name}`", KnownBy(profile), profile.PathStyle ? "path" : "host", Proof(profile),
                profile.TakesUnsignedPayloads ? "without encryption" : "always", profile.MayListByVersion1 ? "V2 or V1" : "V2", profile.DeletesMany ? "1,000 at once" : "one by one", Word(profile.ConditionalPut),
                Word(profile.ConditionalDelete), profile.ETagIsMd5 ? "MD5" : "opaque", HumanText.Size(profile.MaxCopyBytes), HumanText.Size(profile.MaxObjectBytes),
                $"`{profile.DefaultRegion}`",
            ]).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Proof(ProviderProfile profile) => profile.TakesCrc64 ? "CRC-64/NVME" : profile.TakesUnsignedPayloads ? "Content-MD5" : "signature";

    private static string KnownBy(ProviderProfile profile) =>
        profile.HostSuffixes.Count > 0 ? string.Join(", ", profile.HostSuffixes.Select(static s => $"`{s}`")) : profile == ProviderProfile.Other ? "" : "its answers";

    private static string Word(Support support) => support switch { Support.Yes => "yes", Support.No => "no", _ => "not known" };
}
