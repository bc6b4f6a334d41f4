using Trainctl.Checkpoints.Layouts;

namespace Trainctl.Checkpoints;

/// <summary>
/// Finds what people put into or beside checkpoints of any layout: pins and metrics files. Beside a file, <c>NAME</c> is its name with or without extension.
/// </summary>
internal static class UnitSidecars
{
    public static void Claim(CatalogFolder tree, ClaimList claims)
    {
        var beside = tree.AllFiles()
            .Where(static f => !f.IsClaimed && (UnitPins.IsPinKey(f.Name) || f.Name.EndsWith(MetricsFile.Suffix, StringComparison.Ordinal)))
            .ToDictionary(static f => f.Object.Key, StringComparer.Ordinal);
        for (var i = 0; i < claims.Units.Count; i++)
            claims.Units[i] = claims.Units[i].IsFolder ? InFolder(claims.Units[i]) : BesideFile(claims.Units[i], beside);
    }

    private static UnitClaim InFolder(UnitClaim claim)
    {
        var pin = $"{claim.Path}/{UnitPins.FileName}";
        return claim.Objects.Any(o => o.Key == pin) ? claim with { PinKey = pin } : claim;
    }

    private static UnitClaim BesideFile(UnitClaim claim, Dictionary<string, CatalogFile> beside)
    {
        var pins = Find(UnitPins.FileName).ToArray();
        var mine = pins.Concat(Find(MetricsFile.Suffix)).Where(static f => !f.IsClaimed).ToArray();
        foreach (var file in mine)
            file.IsClaimed = true;
        return claim with { PinKey = pins.FirstOrDefault()?.Object.Key, Sidecars = [.. mine.Select(static f => f.Object)] };

        IEnumerable<CatalogFile> Find(string suffix) =>
            NamesOf(claim).Select(name => beside.GetValueOrDefault(name + suffix)).OfType<CatalogFile>();
    }

    private static IEnumerable<string> NamesOf(UnitClaim claim)
    {
        yield return claim.Path;
        var extension = Path.GetExtension(claim.Name);
        if (extension.Length > 0 && claim.Objects.Any(o => o.Key == claim.Path))
            yield return claim.Path[..^extension.Length];
    }
}
