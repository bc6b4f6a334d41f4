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
            .Where(static f => !f.IsClaimed && IsSidecarKey(f.Name))
            .ToDictionary(static f => f.Object.Key, StringComparer.Ordinal);
        for (var i = 0; i < claims.Units.Count; i++)
            claims.Units[i] = claims.Units[i].IsFolder ? InFolder(claims.Units[i]) : BesideFile(claims.Units[i], beside);
    }

    /// <summary>Whether a key may be that of a file beside a checkpoint that says something about it.</summary>
    public static bool IsSidecarKey(string key) => UnitPins.IsPinKey(key) || key.EndsWith(MetricsFile.Suffix, StringComparison.Ordinal);

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

        IEnumerable<CatalogFile> Find(string suffix) => NamesOf(claim.Path, claim.Objects.Any(o => o.Key == claim.Path))
            .Select(name => beside.GetValueOrDefault(name + suffix)).OfType<CatalogFile>();
    }

    /// <summary>What the name of a sidecar begins with.</summary>
    public static IEnumerable<string> NamesOf(string path, bool isOneFile)
    {
        yield return path;
        var extension = Path.GetExtension(path[(path.LastIndexOf('/') + 1)..]);
        if (isOneFile && extension.Length > 0)
            yield return path[..^extension.Length];
    }
}
